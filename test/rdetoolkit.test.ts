/*
 * The program that our document comes from reads ours: what is written with `strict: true` it loads and writes again byte
 * for byte. It needs python3 and, once, a package registry; elsewhere this is skipped, and says so.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DetailedDocument, parseDocument, type StatusRow, toJson } from '@runspan/results'
import { documentText } from '@runspan/results/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openOriginal } from './rdetoolkit/original.js'
import { workspaceRoot } from './repo/tree.js'

const original = openOriginal()
if ('missing' in original) console.log(`The original cannot be asked here, its check is skipped. ${original.missing}`)

const read = (texts: readonly string[]) => ('read' in original ? original.read(texts) : [])
const same = (texts: readonly string[]) => texts.map((text) => ({ text }))

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
)
const optional = fc.option(anyText, { nil: null })
const anyId = fc.oneof(
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
  fc.nat({ max: 99_999 }).map(String),
  fc.stringMatching(/^[a-z0-9_]{1,20}$/),
)
const anyRow: fc.Arbitrary<StatusRow> = fc.record({
  run_id: anyId,
  title: anyText,
  status: anyText,
  mode: anyText,
  error_code: fc.option(fc.maxSafeInteger(), { nil: null }),
  error_message: optional,
  target: optional,
  stacktrace: optional,
})

/** The documents of a run of the weather example, in a process and a folder of their own. */
function runWeather(): DetailedDocument[] {
  const folder = mkdtempSync(join(tmpdir(), 'runspan-original-'))
  try {
    const main = join(workspaceRoot, 'examples/weather/dist/main.js')
    const env = { PATH: process.env.PATH, RUNSPAN_RESULTS_DIR: folder }
    const { status, stderr } = spawnSync(process.execPath, [main], { cwd: folder, env, encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const names = readdirSync(join(folder, 'weather'))
    const texts = names.map((name) => readFileSync(join(folder, 'weather', name), 'utf8'))
    return texts.map((text) => parseDocument(text) as DetailedDocument)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe.skipIf('missing' in original)('the original', () => {
  it('S0.9 S0.10 loads a strict document of a real run and writes the same bytes, and takes its detail too', () => {
    const documents = runWeather()
    expect(documents.length).toBeGreaterThan(0)
    const strict = documents.map((document) => documentText(document, { strict: true }))
    expect(read(strict)).toEqual(same(strict))
    expect(documents.map(({ statuses }) => toJson(statuses, { strict: true }))).toEqual(strict)
    const detail = documents.map((document) => documentText(document, { strict: true, detail: true }))
    expect(read(detail)).toEqual(same(strict))
  })

  it('S0.2 S0.9 S0.10 loads any strict document and writes the same bytes', () => {
    const seed = Date.now()
    const rows = fc.sample(fc.array(anyRow, { maxLength: 5 }), { numRuns: 1_000, seed })
    const texts = rows.map((some) => toJson(some, { strict: true }))
    const again = read(texts)
    for (const [index, text] of texts.entries()) expect(again[index], `seed ${seed}`).toEqual({ text })
  })

  it('S0.2 refuses what is not strict: an id that is a name', () => {
    const row = { run_id: '001_retry_x', title: 'a', status: 'b', mode: 'c' }
    const [answer] = read([JSON.stringify({ statuses: [row] })])
    expect(answer).toHaveProperty('refused')
  })
})
