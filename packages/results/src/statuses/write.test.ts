import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StatusRow } from '../core/document.js'
import { toStrictRows } from '../core/text.js'
import { type GoldenCase, readGolden, thrownBy } from './golden.testsuite.js'
import { WorkflowResultManager } from './manager.js'
import { parseResults } from './read.js'
import { type StatusFields, WorkflowExecutionStatus } from './status.js'
import { toJson } from './write.js'

const row = (run_id: string, fields: Partial<StatusRow> = {}): StatusRow => ({
  run_id,
  title: 'T',
  status: 'success',
  mode: 'M',
  error_code: null,
  error_message: null,
  target: null,
  stacktrace: null,
  ...fields,
})

describe('the text of a document', () => {
  const cases = readGolden<GoldenCase<{ statuses: StatusFields[] }, string>>('s0-json-bytes')

  function write({ statuses }: { statuses: StatusFields[] }): string {
    const manager = new WorkflowResultManager()
    for (const fields of statuses) manager.addStatus(new WorkflowExecutionStatus(fields))
    return manager.toJson()
  }

  it.each(cases)('S0.9 S0.10 is the same bytes as the original writes: case %#', (golden) => {
    const { input, output } = golden
    const wellFormed = input.statuses.every((fields) => `${fields.title}${fields.error_message}`.isWellFormed())
    if (golden.differs) expect(thrownBy(() => write(input))).toMatchObject({ path: '$.error_code' })
    else if (!wellFormed) expect(write(input).isWellFormed()).toBe(true)
    else if (golden.error !== undefined) expect(thrownBy(() => write(input))).toMatchObject({ code: 'invalid_value' })
    else expect(write(input)).toBe(output)
  })

  it('S0.9 keys stand in their order with nulls, whatever order a row has and whatever else it carries', () => {
    const { stacktrace, ...rest } = row('0001')
    const text = toJson([{ stacktrace, extra: 1, ...rest } as StatusRow])
    expect(text).toBe(JSON.stringify({ statuses: [row('0001')] }, null, 2))
  })

  it('S0.9 lone surrogates become U+FFFD in every text', () => {
    const lone = 'a\ud83d'
    const texts = { title: lone, status: lone, mode: lone, error_message: lone, target: lone, stacktrace: lone }
    const written = toJson([row(lone, texts)])
    expect(written.isWellFormed()).toBe(true)
    expect(written).not.toMatch(/\\ud/)
    expect(Object.values(JSON.parse(written).statuses[0]).filter((value) => value === 'a\ufffd')).toHaveLength(7)
  })

  it.each([Number.NaN, Infinity, 1.5, 2 ** 53, '500'])(
    'S0.9 a code of %s, set after the check, is refused by name',
    (code) => {
      const status = new WorkflowExecutionStatus(row('1'))
      status.error_code = code as number
      expect(thrownBy(() => toJson([row('0'), status]))).toMatchObject({
        code: 'invalid_value',
        path: '$.statuses[1].error_code',
        message: expect.stringContaining('error_code is '),
      })
    },
  )

  it('has no byte order mark and no line end', () => {
    expect(toJson([])).toBe('{\n  "statuses": []\n}')
  })
})

describe('strict writing', () => {
  it('S0.2 numbers all rows anew, in order, when any id is no number', () => {
    const rows = ['0007', '001_retry_0', '0001'].map((id) => row(id))
    expect(toStrictRows(rows).map((strict) => strict.run_id)).toEqual(['0001', '0002', '0003'])
    expect(rows.map((given) => given.run_id)).toEqual(['0007', '001_retry_0', '0001'])
    expect(toJson(rows, { strict: true })).toBe(toJson(toStrictRows(rows)))
  })

  it('S0.2 leaves numbers as they are, in the form a reader gives them', () => {
    expect(toStrictRows([row('7'), row('0007'), row(' -1 ')]).map((strict) => strict.run_id)).toEqual([
      '0007',
      '0007',
      '-001',
    ])
  })

  it('S0.2 drops nothing, and a strict reader takes it and writes the same text', () => {
    const ids = fc.oneof(fc.nat().map(String), fc.string({ minLength: 1 }), fc.constant('1_0'))
    fc.assert(
      fc.property(fc.array(ids), (given) => {
        const text = toJson(
          given.map((id, index) => row(id, { title: String(index) })),
          { strict: true },
        )
        const read = parseResults(text, { strict: true })
        expect(read.statuses.map((status) => status.title)).toEqual(given.map((_, index) => String(index)))
        expect(toJson(read)).toBe(text)
      }),
    )
  })
})
