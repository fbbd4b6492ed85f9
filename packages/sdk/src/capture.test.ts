import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { captureText } from './capture.js'
import { record } from './recording.testsuite.js'
import { runStep, runWorkflow } from './run.js'
import { trackStep } from './track.js'

const recorded = record()
const shown = (value: unknown) => JSON.parse(captureText(value))

describe('captured values', () => {
  test('are plain data, each as JSON has it, or named by their type', () => {
    const cyclic: Record<string, unknown> = { a: 1 }
    cyclic.self = cyclic
    expect(shown([1, 'a', true, null, undefined, 2n, Number.NaN, Symbol('s'), () => 1])).toEqual([
      1,
      'a',
      true,
      null,
      null,
      '2',
      'NaN',
      '[symbol]',
      '[function]',
    ])
    expect(shown(cyclic)).toEqual({ a: 1, self: '[circular]' })
    expect(
      shown([new Map(), Buffer.from('a'), new Date(0), new Date(Number.NaN), new Error('x'), Readable.from([])]),
    ).toEqual(['[Map]', '[Buffer]', '1970-01-01T00:00:00.000Z', 'Invalid Date', '[Error]', '[Readable]'])
    expect(shown(JSON.parse('{"__proto__":{"a":1},"b":2}'))).toHaveProperty('b', 2)
  })

  test('run no code of their own', () => {
    const fail = () => {
      throw new Error('ran')
    }
    const value = Object.defineProperty({ toJSON: fail, [Symbol.iterator]: fail }, 'a', { get: fail, enumerable: true })
    expect(shown([value, new Proxy({}, { get: fail, ownKeys: fail })])).toEqual([
      { toJSON: '[function]', a: '[getter]' },
      '[proxy]',
    ])
  })

  test('are limited in depth, width and length, and say so', () => {
    expect(captureText('x'.repeat(1e6)).length).toBeLessThan(3_000)
    expect(captureText(Array.from({ length: 1e6 }, (_, n) => n)).length).toBeLessThan(1_000)
    expect(shown(Array(200).fill(1)).at(-1)).toBe('[100 more]')
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`key${n}`, 'y'.repeat(1_000)]))
    expect(captureText(wide)).toHaveLength(16_384)
    expect(captureText(wide).endsWith('… [cut]')).toBe(true)
    let deep: object = {}
    for (let n = 0; n < 50; n += 1) deep = { deep }
    expect(captureText(deep)).toContain('[object]')
  })

  test('are what JSON.stringify makes of plain data that is within the limits', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(captureText(value)).toBe(JSON.stringify(value))
      }),
    )
  })

  test('X-2 show no secret, by key and by value', () => {
    const text = captureText({
      user: 'a',
      dbPassword: 'hunter2',
      apiKey: ['k'],
      note: 'Bearer abc123def456',
      max_tokens: 100,
      secret: null,
    })
    expect(JSON.parse(text)).toEqual({
      user: 'a',
      dbPassword: '[redacted]',
      apiKey: '[redacted]',
      note: 'Bearer [redacted]',
      max_tokens: 100,
      secret: null,
    })
  })

  test('are recorded only when asked for, inputs before the code can change them', () => {
    const push = (list: number[]) => {
      list.push(2)
      return list
    }
    trackStep('no', push)([1])
    trackStep('both', { capture: true }, push)([1])
    trackStep('out', { capture: { outputs: true } }, push)([1])
    runWorkflow('given', { inputs: { day: 1 } }, () => 1)
    expect(recorded.attributes('no')).not.toHaveProperty(['runspan.inputs'])
    expect(recorded.attributes('both')).toMatchObject({ 'runspan.inputs': '[[1]]', 'runspan.outputs': '[1,2]' })
    expect(recorded.attributes('out')).not.toHaveProperty(['runspan.inputs'])
    expect(recorded.attributes('given')['runspan.inputs']).toBe('{"day":1}')
  })
})

test('X-2 what is the same for every call shows no secret either', () => {
  const secret = 'postgres://user:hunter2@db'
  const options = {
    title: `T ${secret}`,
    mode: `M ${secret}`,
    target: `G ${secret}`,
    tags: { password: 'hunter2', db: secret },
  }
  expect(runStep(`load ${secret}`, options, (step) => step.name)).toBe('load postgres://[redacted]@db')
  const [span] = recorded.spans()
  expect(span?.name).toBe('load postgres://[redacted]@db')
  expect(JSON.stringify(span?.attributes)).not.toContain('hunter2')
  expect(span?.attributes).toMatchObject({
    'runspan.title': 'T postgres://[redacted]@db',
    'runspan.tags': '{"password":"[redacted]","db":"postgres://[redacted]@db"}',
  })
})
