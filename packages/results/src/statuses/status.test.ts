import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isResultsError, type ResultsError } from '../core/results-error.js'
import { type GoldenCase, readGolden, thrownBy } from './golden.testsuite.js'
import {
  checkStatusWord,
  type StatusFields,
  safeCreateStatus,
  VALID_STATUSES,
  WorkflowExecutionStatus,
} from './status.js'
import { toJson } from './write.js'

const BASE = { run_id: '1', title: 'T', status: 'success', mode: 'M' }
const NULLS = { error_code: null, error_message: null, target: null, stacktrace: null }
const MAX = 256

const create = (fields: object): WorkflowExecutionStatus =>
  new WorkflowExecutionStatus({ ...BASE, ...fields } as StatusFields)

describe('run_id', () => {
  const cases = readGolden<GoldenCase<{ run_id: string }, string>>('s0-run-id')

  it.each(cases)('S0.2 a run_id is formed as the original forms it, and names stay as they are: case %#', (golden) => {
    const { run_id } = golden.input
    const build = (): string => create({ run_id }).run_id
    const refused = run_id.trim() === '' || run_id.length > MAX
    if (refused) expect(thrownBy(build)).toMatchObject({ code: 'invalid_run_id', path: '$.run_id' })
    else expect(build()).toBe(golden.decision || golden.differs ? run_id : golden.output)
  })

  it('S0.2 ids of the seed that are no numbers are kept: retries, types and dates', () => {
    const ids = ['001_retry_0', 'validation_1', '20250101_001']
    expect(ids.map((run_id) => create({ run_id }).run_id)).toEqual(ids)
  })
})

describe('fields', () => {
  type Fields = Record<string, unknown> & { $without?: string | string[] }
  const cases = readGolden<GoldenCase<Fields, object> & { error?: { errors: { loc: string[] }[] } }>('s0-fields')

  function toFields({ $without = [], ...given }: Fields): object {
    const fields: Record<string, unknown> = { ...BASE, ...given }
    for (const key of [$without].flat()) delete fields[key]
    return fields
  }

  it.each(cases)('S0.1 S0.3 S0.4 a field is accepted or refused as in the original: case %#', (golden) => {
    const build = (): WorkflowExecutionStatus => new WorkflowExecutionStatus(toFields(golden.input) as StatusFields)
    const beyond = typeof golden.input.error_code === 'bigint'
    if (golden.error === undefined && !beyond) {
      expect({ ...build() }).toEqual({ ...BASE, run_id: '0001', ...NULLS, ...golden.output })
      return
    }
    const error = thrownBy(build) as ResultsError
    const [first] = golden.error?.errors ?? [{ loc: ['error_code'] }]
    expect(isResultsError(error)).toBe(true)
    expect(error).toMatchObject({ code: 'invalid_value', path: `$.${first?.loc[0]}` })
    for (const { loc } of golden.error?.errors ?? []) expect(error.message).toContain(`$.${loc[0]}`)
  })

  it('S0.1 optional fields are null when left out, and the keys keep their order', () => {
    expect(Object.entries(create({}))).toEqual(Object.entries({ ...BASE, run_id: '0001', ...NULLS }))
  })

  it('S0.1 a code beyond 2^53 is refused by name, a bigint that fits is taken', () => {
    expect(thrownBy(() => create({ error_code: 2 ** 53 }))).toMatchObject({
      message: expect.stringMatching(/\$\.error_code is 9007199254740992; allowed is a whole number/),
    })
    expect(create({ error_code: 404n }).error_code).toBe(404)
    expect(Object.is(create({ error_code: -0 }).error_code, 0)).toBe(true)
  })

  it('S0.4 any text is a status; the check for the advised words is asked for', () => {
    expect(create({ status: 'failure' }).status).toBe('failure')
    expect(VALID_STATUSES).toEqual(['success', 'failed', 'running', 'queued', 'cancelled'])
    for (const word of VALID_STATUSES) checkStatusWord(word)
    checkStatusWord('done', ['done'])
    expect(thrownBy(() => checkStatusWord('completed'))).toMatchObject({
      code: 'unknown_word',
      message: 'status is "completed"; allowed are "success", "failed", "running", "queued", "cancelled".',
    })
  })

  it('fields whatever their type are taken or refused with an error of ours', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true })
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys({ ...BASE, ...NULLS })), anything, (key, value) => {
        try {
          const status = create({ [key]: value })
          expect(JSON.parse(toJson([status])).statuses).toEqual([{ ...status }].map(wellFormed))
        } catch (error) {
          expect(isResultsError(error), String(error)).toBe(true)
        }
      }),
    )
  })

  function wellFormed(fields: object): object {
    return Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key, typeof value === 'string' ? value.toWellFormed() : value]),
    )
  }

  it('a property that throws is reported, with what it threw as the cause', () => {
    const cause = new Error('mine')
    const hostile = {
      ...BASE,
      get title(): string {
        throw cause
      },
    }
    expect(thrownBy(() => new WorkflowExecutionStatus(hostile))).toMatchObject({ code: 'invalid_value', cause })
  })
})

describe('safe creation', () => {
  it('S0.3 a valid status is made and nothing is printed', () => {
    const printed: string[] = []
    expect(safeCreateStatus(BASE, (line) => printed.push(line))?.run_id).toBe('0001')
    expect(printed).toEqual([])
  })

  it('S0.3 a refused field gives null and one printed line', () => {
    const printed: string[] = []
    const fields = { ...BASE, run_id: null } as unknown as StatusFields
    expect(safeCreateStatus(fields, (line) => printed.push(line))).toBeNull()
    expect(printed).toEqual([
      'Validation error creating status: $.run_id is null; allowed is a number or a name of 1 to 256 characters.',
    ])
  })

  it('S0.3 a long value is shortened in the message', () => {
    const printed: string[] = []
    safeCreateStatus({ ...BASE, run_id: 'x'.repeat(10_000_000) }, (line) => printed.push(line))
    expect(printed[0]).toMatch(/^Validation error creating status: \$\.run_id is "x+…; allowed is/)
    expect(printed[0]?.length).toBeLessThan(300)
  })
})

describe('the exception', () => {
  it('S0.38 a thrown value stays with its status and is in no export', () => {
    const exception = new Error('x')
    const status = create({ exception })
    expect(status.exception).toBe(exception)
    expect(Object.keys(status)).not.toContain('exception')
    expect(JSON.stringify(status)).not.toContain('exception')
    expect(toJson([status])).not.toContain('exception')
    expect(status.toString()).not.toContain('exception')
  })

  it('S0.38 a status without one has no such key', () => {
    expect('exception' in create({})).toBe(false)
  })
})

describe('as text', () => {
  it('S0.14 a status shows its class and its fields', () => {
    const text =
      'WorkflowExecutionStatus(run_id: "0001", title: "T", status: "success", mode: "M", error_code: 404, ' +
      'error_message: null, target: null, stacktrace: null)'
    expect(String(create({ error_code: 404 }))).toBe(text)
    expect(inspect(create({ error_code: 404 }))).toBe(text)
  })

  it('S0.14 a text of 10 MB does not make the representation long', () => {
    expect(String(create({ stacktrace: 'x'.repeat(10_000_000) })).length).toBeLessThan(600)
  })
})
