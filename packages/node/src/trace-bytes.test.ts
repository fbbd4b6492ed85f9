import { type Link, SpanKind, TraceFlags } from '@opentelemetry/api'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-node'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTraceWriter } from './trace-bytes.js'

const hex = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
    .map((digits) => digits.map((digit) => digit.toString(16)).join(''))
/** Some that are used again and again, as the names of steps are, and others; surrogates that stand alone too. */
const text = fc.oneof(fc.constantFrom('', 'load', 'success', 'x'.repeat(200)), fc.string({ unit: 'binary' }))
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(0, -0, 127, 128, 2 ** 31, 2 ** 32, 2 ** 63, -(2 ** 63), -1, Number.NaN, Number.POSITIVE_INFINITY),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    number,
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
}))
const attributes = fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', 'runspan.kind'), text), value, { maxKeys: 6 })
const time = fc.tuple(fc.integer({ min: 0, max: 2 ** 34 - 1 }), fc.integer({ min: 0, max: 999_999_999 }))
const state = fc.option(
  text.map((said) => ({ serialize: () => said })),
  { nil: undefined },
)
const spanContext = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: fc.constantFrom(TraceFlags.NONE, TraceFlags.SAMPLED),
  traceState: state,
  isRemote: fc.option(fc.boolean(), { nil: undefined }),
})
const dropped = fc.integer({ min: 0, max: 300 })
const resources = [{ 'service.name': 'a', 'process.command_args': ['x', 'y'] }, {}].map((one) =>
  resourceFromAttributes(one),
)
const scopes = [
  { name: 'one', version: '1.0.0', schemaUrl: 'https://example.org/schema' },
  { name: '', attributes: { a: 1 }, droppedAttributesCount: 2 },
]
const span = fc
  .record({
    context: spanContext,
    parentSpanContext: fc.option(spanContext, { nil: undefined }),
    name: text,
    kind: fc.constantFrom(SpanKind.INTERNAL, SpanKind.CLIENT),
    startTime: time,
    endTime: time,
    attributes,
    events: fc.array(fc.record({ time, name: text, attributes, droppedAttributesCount: dropped }), { maxLength: 2 }),
    links: fc.array(fc.record({ context: spanContext, attributes, droppedAttributesCount: dropped }), { maxLength: 2 }),
    status: fc.record({ code: fc.constantFrom(0, 1, 2), message: fc.option(text, { nil: undefined }) }),
    resource: fc.constantFrom(...resources),
    instrumentationScope: fc.constantFrom(...scopes),
    droppedAttributesCount: dropped,
    droppedEventsCount: dropped,
    droppedLinksCount: dropped,
  })
  .map(({ context, events, links, ...rest }) => ({
    ...rest,
    events: events as TimedEvent[],
    links: links as Link[],
    spanContext: () => context,
  })) as unknown as fc.Arbitrary<ReadableSpan>

test('any spans are written byte for byte as the SDK writes them, one request after another', () => {
  const write = createTraceWriter()
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
      expect(Buffer.from(write(spans)).equals(ProtobufTraceSerializer.serializeRequest(spans) ?? Buffer.of())).toBe(
        true,
      )
    }),
    { numRuns: 200 },
  )
})

test('a request larger than the buffer is written whole, and stays as it is when the next one is written', () => {
  const write = createTraceWriter()
  const [one] = fc.sample(span, { numRuns: 1, seed: 1 }) as [ReadableSpan]
  const large = Array.from({ length: 300 }, (_, n) => ({ ...one, attributes: { same: 'y'.repeat(3_000), n } }))
  const bytes = write(large)
  const before = Buffer.from(bytes)
  write([one])
  expect(before.equals(bytes)).toBe(true)
  expect(before.equals(ProtobufTraceSerializer.serializeRequest(large) ?? Buffer.of())).toBe(true)
})
