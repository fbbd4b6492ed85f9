import { expect, test } from 'vitest'
import { ATTR } from './attributes.js'
import { fromSpan, isOurs, type SpanLike, toStatusCode } from './span-record.js'

const span = (over: Partial<SpanLike> = {}): SpanLike => ({
  name: 'load',
  startTime: [1_700_000_000, 5],
  endTime: [1_700_000_001, 0],
  status: { code: 2 },
  attributes: { [ATTR.kind]: 'step', own: 1 },
  parentSpanContext: { spanId: 'b7ad6b7169203331' },
  spanContext: () => ({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: '00f067aa0ba902b7' }),
  ...over,
})

test('a span becomes its record, with our attributes alone', () => {
  expect(fromSpan(span(), 'ended', 3)).toEqual({
    phase: 'ended',
    seq: 3,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: '00f067aa0ba902b7',
    parentSpanId: 'b7ad6b7169203331',
    name: 'load',
    start: '1700000000000000005',
    end: '1700000001000000000',
    status: 'error',
    attributes: { [ATTR.kind]: 'step' },
  })
})

test('one that has not ended has no end, a root no parent, a broken name and time are mended', () => {
  const record = fromSpan(
    span({ name: 'a\ud800', startTime: [Number.NaN, 0], parentSpanContext: undefined, endTime: [0, 0] }),
    'started',
    1,
  )
  expect(record).toMatchObject({ name: 'a\ufffd', start: '0', end: null, parentSpanId: null })
})

test('only a span with a kind is ours; an unknown status is unset', () => {
  expect([isOurs(span()), isOurs(span({ attributes: {} }))]).toEqual([true, false])
  expect([0, 1, 2, 3, undefined].map(toStatusCode)).toEqual(['unset', 'ok', 'error', 'unset', 'unset'])
})

test('the end of a span that is asked for twice in a row is reduced once, each with its own number', () => {
  const one = span()
  const first = fromSpan(one, 'ended', 0)
  const second = fromSpan(one, 'ended', 7)
  expect(second).toEqual({ ...first, seq: 7 })
  expect(second.attributes).toBe(first.attributes)
  const later = { ...one, name: 'renamed' }
  expect(fromSpan(later, 'ended', 0).name).toBe('renamed')
  expect(fromSpan(one, 'ended', 0).name).toBe('load')
})
