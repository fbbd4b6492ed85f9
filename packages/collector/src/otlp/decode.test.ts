import { ATTR } from '@runspan/results/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MalformedBody } from './decoded.js'
import { decodeJsonSpans, MAX_JSON_DEPTH } from './json.js'
import {
  decodeOfficial,
  encodeOfficial,
  type OfficialRequest,
  type OfficialSpan,
  type OfficialValue,
  toOfficialJson,
  toOfficialRecords,
} from './official.testsuite.js'
import { decodeProtobufSpans } from './protobuf.js'

const text = fc.string({ unit: 'binary', maxLength: 20 }).map((value) => value.toWellFormed())
const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -200n, max: 200n }),
  fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 0n),
)
const { value: anyValue } = fc.letrec<{ value: OfficialValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    int64.map((value) => ({ intValue: String(value) })),
    fc.double().map((doubleValue) => ({ doubleValue })),
    fc.uint8Array({ maxLength: 9 }).map((bytesValue) => ({ bytesValue })),
    fc.constant({}),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: text, value: tie('value') }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}))
const key = fc.oneof(
  fc.constantFrom<string>(...Object.values(ATTR)),
  text,
  fc.constantFrom('__proto__', 'runspan.kinds'),
)
const kind = fc
  .constantFrom('run', 'step', 'attempt')
  .map((stringValue) => ({ key: ATTR.kind, value: { stringValue } }))
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)

const span: fc.Arbitrary<OfficialSpan> = fc.record({
  traceId: fc.oneof({ weight: 9, arbitrary: bytes(16) }, bytes(15), bytes(0), fc.constant(new Uint8Array(16))),
  spanId: fc.oneof({ weight: 9, arbitrary: bytes(8) }, bytes(16), fc.constant(new Uint8Array(8))),
  parentSpanId: fc.oneof({ weight: 9, arbitrary: bytes(8) }, bytes(0), bytes(7), fc.constant(new Uint8Array(8))),
  name: text,
  kind: fc.integer({ min: 0, max: 99 }),
  traceState: text,
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes: fc
    .tuple(fc.array(kind, { maxLength: 1 }), fc.array(fc.record({ key, value: anyValue }), { maxLength: 6 }))
    .map((parts) => parts.flat()),
  status: fc.record({ code: fc.constantFrom(0, 1, 2, 9), message: text }),
  events: fc.array(fc.record({ name: text, timeUnixNano: nanos }), { maxLength: 2 }),
  flags: fc.nat(),
})

const request: fc.Arbitrary<OfficialRequest> = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: fc.record({ attributes: fc.array(fc.record({ key: text, value: anyValue }), { maxLength: 2 }) }),
      scopeSpans: fc.array(
        fc.record({ scope: fc.record({ name: text }), spans: fc.array(span, { maxLength: 5 }), schemaUrl: text }),
        { maxLength: 3 },
      ),
      schemaUrl: text,
    }),
    { maxLength: 3 },
  ),
})

const good = (name: string, more: Partial<OfficialSpan> = {}): OfficialSpan => ({
  traceId: new Uint8Array(16).fill(1),
  spanId: new Uint8Array(8).fill(2),
  name,
  startTimeUnixNano: '1763729999000000000',
  endTimeUnixNano: '1763729999500000000',
  attributes: [{ key: ATTR.kind, value: { stringValue: 'step' } }],
  ...more,
})
const of = (...spans: OfficialSpan[]): OfficialRequest => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
const json = (body: string) => decodeJsonSpans(new TextEncoder().encode(body))

describe('against the decoder generated from the official definitions', () => {
  test('the protobuf reader gives the same records, span for span, for any request', () => {
    fc.assert(
      fc.property(request, (any) => {
        const body = encodeOfficial(any)
        expect(decodeProtobufSpans(body).records).toEqual(toOfficialRecords(decodeOfficial(body)))
      }),
      { numRuns: 500 },
    )
  })

  test('the JSON reader gives the same records and rejects the same spans for any request', () => {
    fc.assert(
      fc.property(request, (any) => {
        const body = encodeOfficial(any)
        const fromProtobuf = decodeProtobufSpans(body)
        const fromJson = json(toOfficialJson(decodeOfficial(body)))
        expect(fromJson.records).toEqual(fromProtobuf.records)
        expect([fromJson.spans, fromJson.rejected, fromJson.reasons]).toEqual([
          fromProtobuf.spans,
          fromProtobuf.rejected,
          fromProtobuf.reasons,
        ])
      }),
      { numRuns: 500 },
    )
  })

  test('fields in another order, given twice, or unknown are read as the official decoder reads them', () => {
    fc.assert(
      fc.property(fc.array(span, { minLength: 2, maxLength: 2 }), fc.nat({ max: 3 }), ([one, two], wire) => {
        // Two encodings of a message behind one another are one message with every field twice.
        const inner = Buffer.concat([one, two].map((each) => spanBytes(each!)))
        const unknown = [
          Buffer.from([0xa0, 0x3f, 5]),
          Buffer.from([0xa1, 0x3f, 1, 2, 3, 4, 5, 6, 7, 8]),
          Buffer.from([0xa2, 0x3f, 2, 9, 9]),
          Buffer.from([0xa5, 0x3f, 1, 2, 3, 4]),
        ][wire]!
        const body = wrap(wrap(wrap(Buffer.concat([unknown, inner, unknown]), 2), 2), 1)
        expect(decodeProtobufSpans(body).records).toEqual(toOfficialRecords(decodeOfficial(body)))
      }),
      { numRuns: 300 },
    )
  })
})

describe('bad input', () => {
  const body = Buffer.from(encodeOfficial(of(good('first'), good('second', { status: { code: 2, message: 'no' } }))))

  test('a body cut at any byte is refused as malformed or is a shorter whole message, never anything else', () => {
    for (let length = 0; length < body.length; length++) expectRefusalOrSpans(body.subarray(0, length))
  })

  test('any change of bytes is refused as malformed or read, never anything else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: body.length - 1 }), fc.nat({ max: 255 })), { maxLength: 4 }),
        (edits) => {
          const changed = Buffer.from(body)
          for (const [at, byte] of edits) changed[at] = byte
          expectRefusalOrSpans(changed)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['an unfinished number', [0x80]],
    ['a number of more than 10 bytes', [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]],
    ['a length beyond the end', [0x0a, 0x05, 0x00]],
    ['field number 0', [0x02, 0x00]],
    ['a group', [0x0b, 0x0c]],
    ['text', [...Buffer.from('{"resourceSpans":[]}')]],
  ])('%s is malformed', (_what, bytes) => {
    expect(() => decodeProtobufSpans(Uint8Array.from(bytes))).toThrow(MalformedBody)
  })

  test('an empty protobuf body is an empty request, as the definitions say', () => {
    expect(decodeProtobufSpans(new Uint8Array())).toMatchObject({ records: [], spans: 0, rejected: 0 })
  })

  test('text that is no UTF-8 is read with U+FFFD, and its neighbours stay (R7)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (raw) => {
        const attribute = wrap(Buffer.concat([wrap(Buffer.from(ATTR.target), 1), wrap(wrap(raw, 1), 2)]), 9)
        const spans = [Buffer.concat([spanBytes(good('odd')), attribute]), spanBytes(good('plain'))]
        const request = wrap(Buffer.concat(spans.map((each) => wrap(each, 2))), 2)
        const { records } = decodeProtobufSpans(wrap(request, 1))
        const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(raw)
        expect(records.map((record) => record.attributes[ATTR.target])).toEqual([expected, undefined])
      }),
    )
  })

  test('a span with a bad id costs itself: it is counted and named, at every place among its neighbours (R6, R7)', () => {
    const bad = { traceId: new Uint8Array(15).fill(7), name: 'poison' }
    for (let place = 0; place <= 4; place++) {
      const spans = ['a', 'b', 'c', 'd'].map((name) => good(name))
      spans.splice(place, 0, good('poison', bad))
      const encoded = encodeOfficial(of(...spans))
      for (const decoded of [decodeProtobufSpans(encoded), json(toOfficialJson(decodeOfficial(encoded)))]) {
        expect(decoded.records.map((record) => record.name)).toEqual(['a', 'b', 'c', 'd'])
        expect(decoded).toMatchObject({ spans: 5, rejected: 1 })
        expect(decoded.reasons[0]).toContain('"poison" has no valid trace id')
      }
    }
  })

  test('only the first few rejected spans are named, however many there are', () => {
    const decoded = decodeProtobufSpans(
      encodeOfficial(of(...Array(100).fill(good('x', { spanId: new Uint8Array(3) })))),
    )
    expect(decoded.rejected).toBe(100)
    expect(decoded.reasons).toHaveLength(5)
  })

  test('a foreign span is passed over, and counted as well', () => {
    const foreign = good('GET /', { attributes: [{ key: 'http.method', value: { stringValue: 'GET' } }] })
    expect(decodeProtobufSpans(encodeOfficial(of(foreign, good('ours'))))).toMatchObject({ spans: 2, rejected: 0 })
    expect(decodeProtobufSpans(encodeOfficial(of(foreign))).records).toEqual([])
  })

  test('values nested 10,000 deep are passed over in protobuf, and their span is kept (R4)', () => {
    let value: Uint8Array = Buffer.from([0x0a, 0])
    for (let depth = 0; depth < 10_000; depth++) value = wrap(wrap(value, 1), 5)
    const attribute = wrap(Buffer.concat([wrap(Buffer.from(ATTR.tags), 1), wrap(value, 2)]), 9)
    const { records } = decodeProtobufSpans(
      wrap(wrap(wrap(Buffer.concat([spanBytes(good('deep')), attribute]), 2), 2), 1),
    )
    expect(records).toHaveLength(1)
    expect(records[0]!.attributes[ATTR.tags]).toBeUndefined()
  })

  test('JSON nested deeper than anybody writes is refused before it is built (R5)', () => {
    expect(() => json(`${'['.repeat(1_000_000)}`)).toThrow(`nested deeper than ${MAX_JSON_DEPTH}`)
    expect(() => json(`{"a":${'{"b":'.repeat(MAX_JSON_DEPTH)}1${'}'.repeat(MAX_JSON_DEPTH)}}`)).toThrow(MalformedBody)
    expect(json(`{"resourceSpans":[],"a":"${'[{'.repeat(1000)}"}`).spans).toBe(0)
  })

  test.each([
    '',
    '   ',
    '{',
    '[]',
    '"x"',
    'null',
    'NaN',
    '{"resourceSpans":5}',
    '{"resourceSpans":[5]}',
    '{"resourceSpans":[{"scopeSpans":{}}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}',
  ])('the JSON body %j is malformed', (bad) => {
    expect(() => json(bad)).toThrow(MalformedBody)
  })

  test.each([
    ['traceId', '"AQEBAQEBAQEBAQEBAQEBAQ=="', 'trace id'],
    ['traceId', '5', 'trace id'],
    ['spanId', '"zz02020202020202"', 'span id'],
    ['parentSpanId', '"02"', 'parent span id'],
    ['name', '5', 'name'],
    ['startTimeUnixNano', '1.5', 'start or end'],
    ['startTimeUnixNano', '"-1"', 'start or end'],
    ['endTimeUnixNano', '"abc"', 'start or end'],
    ['endTimeUnixNano', '"99999999999999999999"', 'start or end'],
    ['endTimeUnixNano', '1e400', 'start or end'],
  ])('a JSON span whose %s is %s is rejected, its neighbour kept', (field, value, reason) => {
    const plain = JSON.parse(toOfficialJson(of(good('kept'), good('bad'))))
    plain.resourceSpans[0].scopeSpans[0].spans[1][field] = '<value>'
    const decoded = json(JSON.stringify(plain).replace('"<value>"', value))
    expect(decoded.records.map((record) => record.name)).toEqual(['kept'])
    expect(decoded.rejected).toBe(1)
    expect(decoded.reasons[0]).toContain(reason)
  })

  test('odd JSON values cost themselves only: the span stays, the value is left out', () => {
    const odd = [
      '{"doubleValue":null}',
      '{"doubleValue":"NaN"}',
      '{"doubleValue":1e400}',
      '{"doubleValue":"abc"}',
      '{"intValue":1e21}',
      '{"intValue":1.5}',
      '{"intValue":"9223372036854775807"}',
      '{"intValue":"99999999999999999999"}',
      '{"intValue":9007199254740993}',
      '{"stringValue":5}',
      '{"boolValue":"true"}',
      '{"arrayValue":{"values":[]}}',
      '{}',
      'null',
      '[]',
    ]
    for (const value of odd) {
      const attributes = `[{"key":"${ATTR.kind}","value":{"stringValue":"step"}},{"key":"${ATTR.ordinal}","value":${value}}]`
      const { records } = json(
        `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${'01'.repeat(16)}","spanId":"${'02'.repeat(8)}","attributes":${attributes}}]}]}]}`,
      )
      expect(
        records.map((record) => record.attributes),
        value,
      ).toEqual([{ [ATTR.kind]: 'step' }])
    }
  })

  test('keys in snake_case, enums by name, times as numbers, ids in capitals and a byte order mark are understood', () => {
    const { records } = json(
      `\ufeff{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"${'AB'.repeat(16)}","span_id":"${'CD'.repeat(8)}",` +
        `"start_time_unix_nano":1763729999000000000,"status":{"code":"STATUS_CODE_ERROR"},` +
        `"attributes":[{"key":"${ATTR.kind}","value":{"string_value":"step"}},{"key":"${ATTR.ordinal}","value":{"int_value":"7"}}]}]}]}]}`,
    )
    expect(records).toEqual([
      {
        phase: 'ended',
        seq: 0,
        traceId: 'ab'.repeat(16),
        spanId: 'cd'.repeat(8),
        parentSpanId: null,
        name: '',
        start: '1763729999000000000',
        end: null,
        status: 'error',
        attributes: { [ATTR.kind]: 'step', [ATTR.ordinal]: 7 },
      },
    ])
  })

  test('an attribute named __proto__ changes nothing but itself', () => {
    const attributes = `[{"key":"__proto__","value":{"stringValue":"x"}},{"key":"${ATTR.kind}","value":{"stringValue":"step"}}]`
    const { records } = json(
      `{"__proto__":{"x":1},"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${'01'.repeat(16)}","spanId":"${'02'.repeat(8)}","attributes":${attributes}}]}]}]}`,
    )
    expect(records[0]!.attributes).toEqual({ [ATTR.kind]: 'step' })
    expect(({} as { x?: number }).x).toBeUndefined()
  })
})

function expectRefusalOrSpans(body: Uint8Array): void {
  try {
    expect(decodeProtobufSpans(body).spans).toBeLessThanOrEqual(body.length)
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedBody)
  }
}

/** The bytes of one span, without the messages around it. */
function spanBytes(each: OfficialSpan): Buffer {
  const whole = Buffer.from(encodeOfficial(of(each)))
  let inner = whole
  for (let level = 0; level < 3; level++) {
    let at = 1
    while (inner[at]! >= 0x80) at += 1
    inner = inner.subarray(at + 1)
  }
  return inner
}

/** Makes bytes the content of a field. */
function wrap(content: Uint8Array, field: number): Buffer {
  const length: number[] = []
  let rest = content.length
  while (rest >= 0x80) {
    length.push((rest & 0x7f) | 0x80)
    rest >>= 7
  }
  return Buffer.concat([Buffer.from([field * 8 + 2, ...length, rest]), content])
}
