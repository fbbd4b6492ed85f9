import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goldenCases } from './golden.testsuite.js'
import { TaskStatus } from './status.js'
import { type TaskStepDict, type TaskStepFields, TaskStepResult } from './step-result.js'

const KEYS = ['step', 'result', 'completed', 'message', 'status', 'error_code', 'error_message'] as const

function toFields(input: any): TaskStepFields {
  const dict = Array.isArray(input) ? Object.fromEntries(input.map((value, i) => [KEYS[i], value])) : input
  const { error_code: errorCode, error_message: errorMessage, ...rest } = dict
  return { ...rest, errorCode, errorMessage }
}

const dicts: fc.Arbitrary<TaskStepDict> = fc.record({
  step: fc.string({ unit: 'binary' }),
  result: fc.jsonValue(),
  completed: fc.boolean(),
  message: fc.string(),
  status: fc.constantFrom(...Object.values(TaskStatus)),
  error_code: fc.option(fc.string()),
  error_message: fc.option(fc.string()),
})

describe('S2.8 S2.9 S2.10 a step result is what the original makes of the same arguments', () => {
  test.each(goldenCases('s2-step-result').map((c) => [JSON.stringify(c.input), c] as const))('%s', (_, c) => {
    if (c.error !== undefined || c.differs) {
      expect(() => new TaskStepResult(toFields(c.input))).toThrow(
        expect.objectContaining({
          name: 'ResultsError',
          code: expect.stringMatching(/^(invalid_value|unknown_word)$/),
        }),
      )
      return
    }
    const result = new TaskStepResult(toFields(c.input))
    expect(JSON.stringify(result.toDict())).toBe(JSON.stringify(c.output.dict))
    expect(JSON.stringify(result)).toBe(JSON.stringify(c.output.dict))
    expect(Object.keys(result.toDict())).toEqual(KEYS)
    expect(String(result)).toBe(c.output.repr)
    expect(inspect(result)).toBe(c.output.repr)
  })
})

test('S2.12 any step result survives the way to plain data, to JSON text and back', () => {
  fc.assert(
    fc.property(dicts, (dict) => {
      const result = TaskStepResult.fromDict(dict)
      expect(TaskStepResult.fromDict(result.toDict()).equals(result)).toBe(true)
      const back = TaskStepResult.fromDict(JSON.parse(JSON.stringify(result)))
      expect(JSON.stringify(back)).toBe(JSON.stringify(result))
    }),
  )
})

describe('S2.12 plain data is read as the original reads it', () => {
  const cases = goldenCases('s2-convert').filter((c) => 'to_result' in c.input)
  test.each(cases.map((c) => [JSON.stringify(c.input.to_result), c] as const))('%s', (_, c) => {
    const read = () => TaskStepResult.fromDict(c.input.to_result)
    if (c.error === undefined) expect(JSON.stringify(read())).toBe(JSON.stringify(c.output))
    else {
      const key = c.error.message.replaceAll("'", '')
      expect(read).toThrow(expect.objectContaining({ code: 'invalid_value', path: `$.${key}` }))
    }
  })

  test.each([null, undefined, [], 'text', 5])('%j is refused', (data) => {
    expect(() => TaskStepResult.fromDict(data)).toThrow(expect.objectContaining({ code: 'invalid_value', path: '$' }))
  })

  test('a field of the wrong type is refused with its path and value', () => {
    const good = { step: 's', result: null, completed: false, message: '', status: 'pending' }
    const bad = { step: 5, completed: 'yes', message: null, status: 'done', error_code: 3, error_message: {} }
    for (const [key, value] of Object.entries(bad)) {
      const read = () => TaskStepResult.fromDict({ ...good, [key]: value })
      expect(read).toThrow(expect.objectContaining({ path: `$.${key}` }))
    }
    expect(() => TaskStepResult.fromDict({ ...good, step: 5 })).toThrow('$.step of a step result is 5; give a text.')
  })

  test('keys are taken from the data itself, never from what it inherits', () => {
    const inherits = Object.create({ step: 's', result: 1, completed: true, message: '', status: 'completed' })
    expect(() => TaskStepResult.fromDict(inherits)).toThrow(expect.objectContaining({ path: '$.step' }))
  })
})

describe('S2.11 a step result is a value', () => {
  test('two that say the same are equal, whatever objects they are', () => {
    fc.assert(
      fc.property(dicts, (dict) => {
        const copy = JSON.parse(JSON.stringify(dict)) as TaskStepDict
        fc.pre(JSON.stringify(copy) === JSON.stringify(dict))
        expect(TaskStepResult.fromDict(dict).equals(TaskStepResult.fromDict(copy))).toBe(true)
      }),
    )
  })

  test('a difference in any one field makes them different', () => {
    const dict: TaskStepDict = {
      step: 's',
      result: { a: [1, { b: 2 }] },
      completed: false,
      message: 'm',
      status: 'failed',
      error_code: 'E003',
      error_message: 'x',
    }
    const others: Partial<TaskStepDict>[] = [
      { step: 't' },
      { result: { a: [1, { b: 3 }] } },
      { result: { a: [1, { b: 2 }, undefined] } },
      { result: { a: [1, { c: 2 }] } },
      { result: null },
      { completed: true },
      { message: '' },
      { status: 'cancelled' },
      { error_code: null },
      { error_message: 'y' },
    ]
    const result = TaskStepResult.fromDict(dict)
    for (const other of others) expect(result.equals(TaskStepResult.fromDict({ ...dict, ...other }))).toBe(false)
    const holding = (value: unknown) => TaskStepResult.fromDict({ ...dict, result: value })
    const unlike: [unknown, unknown][] = [
      [{}, { a: 1 }],
      [{ a: undefined }, { b: undefined }],
      [[], new Array(2)],
      [[], {}],
      [0, ''],
    ]
    for (const [a, b] of unlike) {
      expect(holding(a).equals(holding(b))).toBe(false)
      expect(holding(b).equals(holding(a))).toBe(false)
    }
    expect(result.equals(result.toDict())).toBe(false)
    expect(result.equals(null)).toBe(false)
  })

  test('nothing in it can be changed, at any depth, and the caller keeps an object of their own', () => {
    const rows = { list: [1, { deep: true }] }
    const result = TaskStepResult.success({ step: 'tool.read', result: rows })
    const inner = result.result as typeof rows
    expect(() => Object.assign(result, { status: 'failed' })).toThrow(TypeError)
    expect(() => Object.assign(inner.list[1] as object, { deep: false })).toThrow(TypeError)
    expect(() => inner.list.push(2)).toThrow(TypeError)
    rows.list.push(2)
    expect(Object.isFrozen(rows)).toBe(false)
    expect(inner).toEqual({ list: [1, { deep: true }] })
  })

  test('a result in a circle, 100,000 deep or with a key named __proto__ is taken as it is', () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    const other: Record<string, unknown> = {}
    other.self = other
    const made = new TaskStepResult({ step: 's', result: circle })
    expect((made.result as any).self).toBe(made.result)
    expect(made.equals(new TaskStepResult({ step: 's', result: other }))).toBe(true)

    let deep: unknown = 1
    for (let i = 0; i < 100_000; i += 1) deep = [deep]
    const [a, b] = [new TaskStepResult({ step: 's', result: deep }), new TaskStepResult({ step: 's', result: deep })]
    expect(a.equals(b)).toBe(true)

    const sly = new TaskStepResult({ step: 's', result: JSON.parse('{"__proto__":{"admin":true}}') })
    expect((sly.result as any).admin).toBeUndefined()
    expect(JSON.stringify(sly.result)).toBe('{"__proto__":{"admin":true}}')
  })

  test('a number is equal to itself, also without its sign when it is 0, and when it is none', () => {
    const at = (result: unknown) => new TaskStepResult({ step: 's', result })
    expect(at([0]).equals(at([-0]))).toBe(true)
    expect(at([Number.NaN]).equals(at([Number.NaN]))).toBe(true)
    expect(at([0]).equals(at([1]))).toBe(false)
  })

  test('dates are equal by their time, objects of a class by being the same', () => {
    const at = (result: unknown) => new TaskStepResult({ step: 's', result })
    expect(at(new Date(5)).equals(at(new Date(5)))).toBe(true)
    expect(at(new Date(5)).equals(at(new Date(6)))).toBe(false)
    const map = new Map([[1, 2]])
    expect(at(map).equals(at(map))).toBe(true)
    expect(at(map).equals(at(new Map([[1, 2]])))).toBe(false)
  })
})

describe('S2.11 S2.13 results are made by factories that check', () => {
  test('a success is completed', () => {
    const result = TaskStepResult.success({
      step: 'pandas_tool.read_csv',
      result: { rows: 1000, columns: 5 },
      message: 'Successfully read CSV file',
    })
    expect(result.toDict()).toEqual({
      step: 'pandas_tool.read_csv',
      result: { rows: 1000, columns: 5 },
      completed: true,
      message: 'Successfully read CSV file',
      status: 'completed',
      error_code: null,
      error_message: null,
    })
  })

  test('a failure has a code and a message', () => {
    const result = TaskStepResult.failure({
      step: 'pandas_tool.read_csv',
      message: 'Failed to read CSV file',
      errorCode: 'E003',
      errorMessage: 'File not found: data.csv',
    })
    expect(result.toDict()).toEqual({
      step: 'pandas_tool.read_csv',
      result: null,
      completed: false,
      message: 'Failed to read CSV file',
      status: 'failed',
      error_code: 'E003',
      error_message: 'File not found: data.csv',
    })
  })

  test('the code says whether it timed out or was cancelled, and stands in for a message', () => {
    const status = (errorCode: 'E001' | 'E002' | 'E004') => TaskStepResult.failure({ step: 's', errorCode }).status
    expect([status('E001'), status('E002'), status('E004')]).toEqual(['failed', 'timed_out', 'cancelled'])
    for (const errorMessage of [undefined, '']) {
      expect(TaskStepResult.failure({ step: 's', errorCode: 'E006', errorMessage }).errorMessage).toBe('Database error')
    }
  })

  test('what makes no sense is refused', () => {
    const refuse = (make: () => unknown, code: string) => expect(make).toThrow(expect.objectContaining({ code }))
    refuse(() => TaskStepResult.success({ step: ' ', result: 1 }), 'invalid_value')
    refuse(() => TaskStepResult.success({ step: 's', result: null }), 'invalid_value')
    refuse(() => TaskStepResult.failure({ step: '', errorCode: 'E001' }), 'invalid_value')
    refuse(() => TaskStepResult.failure({ step: 's', errorCode: 'E999' as 'E001' }), 'unknown_word')
    refuse(() => new TaskStepResult(null as never), 'invalid_value')
  })
})

test('S2.26 a result owns seven plain fields and nothing else, so that 10,000 of them cost what their data costs', () => {
  const results = Array.from({ length: 10_000 }, (_, i) =>
    TaskStepResult.success({ step: `tool.step_${i}`, result: `result_${i}` }),
  )
  const owned = Reflect.ownKeys(results[9_999] as object)
  expect(owned).toHaveLength(7)
  expect(results.every((result) => Reflect.ownKeys(result).length === 7)).toBe(true)
  expect(owned.map((key) => typeof Reflect.get(results[0] as object, key))).not.toContain('function')
  expect(new Set(results.map((result) => result.equals)).size).toBe(1)
})
