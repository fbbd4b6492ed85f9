import { expect, test } from 'vitest'
import { isExporterError } from './exporter-error.js'
import { fileSink } from './file-sink.js'
import { recover } from './journal/recover.js'
import { webhook } from './notify/webhook.js'
import { WorkflowResultsProcessor } from './results-processor.js'
import { httpSink } from './sinks/http-sink.js'
import { workflowSampler } from './workflow-sampler.js'

const make = (options: object) => () => new WorkflowResultsProcessor({ folder: false, ...options })
const hook = (options: object) => () => webhook('https://example.org', options)
const http = (options: object) => () => httpSink('https://example.org', options)

test.each([
  ['maxBytes', make({ maxBytes: Number.NaN })],
  ['maxFinishedBytes', make({ maxFinishedBytes: '5' })],
  ['lateMs', make({ lateMs: -1 })],
  ['firstAfterMs', make({ firstAfterMs: 10n })],
  // A timer of so long a time ends at once.
  ['deadlineMs', make({ deadlineMs: Number.POSITIVE_INFINITY })],
  ['folder', make({ folder: 5n })],
  ['sinks', make({ sinks: 'memory' })],
  ['sinks', make({ sinks: null })],
  ['sinks', make({ sinks: [{ name: 'mail', write: () => undefined, outbox: {} }] })],
  ['timeoutMs', hook({ timeoutMs: Number.NaN })],
  ['secret', hook({ secret: 7 })],
  // A word that is none would never be told, and nobody would know.
  ['outcomes', hook({ outcomes: ['failure'] })],
  ['outcomes', hook({ outcomes: 'failed' })],
  ['outcomes', hook({ outcomes: ['running'] })],
  ['workflows', hook({ workflows: [5] })],
  ['timeoutMs', http({ timeoutMs: 0 })],
  ['headers', http({ headers: { authorization: undefined } })],
  ['headers', http({ headers: { authorization: 'Bearer s3cret\nx: y' } })],
  ['folder', () => fileSink(undefined as never)],
  ['folder', () => recover('')],
  ['workflowSampler', () => workflowSampler(undefined as never)],
])('%s that cannot be used is refused when it is given', (name, attempt) => {
  let thrown: unknown
  try {
    attempt()
  } catch (error) {
    thrown = error
  }
  expect(isExporterError(thrown) && thrown.code).toBe('invalid_option')
  expect(String(thrown)).toContain(name)
  expect(String(thrown)).not.toContain('s3cret')
})

test('what is meant as no limit may be given', async () => {
  await make({ maxBytes: Number.POSITIVE_INFINITY, lateMs: 0, firstAfterMs: 0 })().shutdown()
})
