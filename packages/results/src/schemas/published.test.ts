import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fromJSONSchema } from 'zod'
import { documentText } from '../core/text.js'
import { failing, run, step } from '../insights/documents.testsuite.js'
import { buildReport } from '../reports/build-report.js'
import { detailed } from '../statuses/detailed.testsuite.js'
import { createStepTracker } from '../statuses/tracker.js'
import { toJson } from '../statuses/write.js'
import { buildJsonSchemas } from './published.js'

const FOLDER = new URL('../../schemas/', import.meta.url)
const WRITE = process.env.RUNSPAN_WRITE_SCHEMAS === '1'

const built = Object.entries(buildJsonSchemas())

type JsonSchema = Parameters<typeof fromJSONSchema>[0]

const read = (file: string): JsonSchema => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as JsonSchema

describe('the published JSON Schemas', () => {
  it.each(built)(
    '%s says what the code says (RUNSPAN_WRITE_SCHEMAS=1 writes it, the formatter is to follow)',
    (file, schema) => {
      if (WRITE) {
        mkdirSync(FOLDER, { recursive: true })
        writeFileSync(new URL(file, FOLDER), `${JSON.stringify(schema, null, 2)}\n`)
      }
      expect(read(file)).toEqual(schema)
    },
  )

  it('are all the files in their folder', () => {
    expect(readdirSync(fileURLToPath(FOLDER)).sort()).toEqual(built.map(([file]) => file).sort())
  })
})

describe('what the published JSON Schemas accept', () => {
  const accepts = (file: string, text: string): boolean =>
    fromJSONSchema(read(file)).safeParse(JSON.parse(text)).success
  const document = detailed()
  const detail = documentText(document, { detail: true })
  const named = toJson([{ ...document.statuses[0]!, run_id: '001_retry_0' }])

  it('S0.9 is the plain document, with names as ids too', () => {
    expect(accepts('results.json', toJson(document.statuses))).toBe(true)
    expect(accepts('results.json', named)).toBe(true)
  })

  it('S0.2 is in the strict form only numbers as ids', () => {
    expect(accepts('results.strict.json', toJson(document.statuses, { strict: true }))).toBe(true)
    expect(accepts('results.strict.json', named)).toBe(false)
    expect(accepts('results.strict.json', named.replace('001_retry_0', '1'))).toBe(false)
    expect(
      ['0000', '12345', '-001', '-999'].every((id) => accepts('results.strict.json', named.replace('001_retry_0', id))),
    ).toBe(true)
  })

  it('is the detailed document, which is a plain one as well, also with keys of a later day', () => {
    expect(accepts('document.json', detail)).toBe(true)
    expect(accepts('results.json', detail)).toBe(true)
    expect(accepts('document.json', JSON.stringify({ ...document, later: 1 }))).toBe(true)
    expect(accepts('document.json', detail.replace('"runspan.document/1"', '"runspan.document/2"'))).toBe(false)
    expect(accepts('document.json', detail.replaceAll('"kind": "step"', '"kind": "job"'))).toBe(false)
  })

  it('S0.23 is the detailed report', async () => {
    const tracker = createStepTracker({ workflowName: 'w', wait: () => {}, print: () => {} })
    await tracker.executeStep('1', 'Load', () => 'ok')
    expect(accepts('detailed-report.json', tracker.detailedReport())).toBe(true)
    expect(
      accepts('detailed-report.json', tracker.detailedReport().replace('"total_steps": 1', '"total_steps": -1')),
    ).toBe(false)
  })

  it('is the report of a detailed and of a plain document, also with keys of a later day', () => {
    const report = buildReport([
      run([step('a'), failing('b', 'no')], { outcome: 'failed' }),
      document,
      { statuses: [] },
    ])
    expect(accepts('report.json', JSON.stringify({ ...report, later: 1 }))).toBe(true)
    expect(accepts('report.json', JSON.stringify({ ...report, schema: 'runspan.report/2' }))).toBe(false)
    expect(accepts('report.json', JSON.stringify({ ...report, counts: { success: 1 } }))).toBe(false)
    expect(accepts('report.json', JSON.stringify(report).replace('"kind":"step"', '"kind":"job"'))).toBe(false)
  })

  it.each([
    ['run_id', '""'],
    ['title', 'null'],
    ['error_code', '1.5'],
    ['error_code', '"500"'],
    ['error_code', '9007199254740993'],
    ['target', '5'],
  ])('S0.1 is no row whose %s is %s', (key, value) => {
    const { [key as 'title']: _, ...rest } = document.statuses[0]!
    expect(accepts('results.json', `{"statuses":[{"${key}":${value},${JSON.stringify(rest).slice(1)}]}`)).toBe(false)
    expect(accepts('results.json', `{"statuses":[${JSON.stringify(rest)}]}`)).toBe(false)
  })
})
