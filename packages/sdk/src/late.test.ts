import { trace } from '@opentelemetry/api'
import { describe, expect, test } from 'vitest'
import { ownAttributes } from './late.js'
import { record } from './recording.testsuite.js'
import { runStep } from './run.js'

describe('attributes that are written late', () => {
  const recorded = record()

  test('go into the span’s own object, under the pinned SDK', () => {
    let before: unknown
    runStep('s', { target: 't' }, () => {
      const span = trace.getActiveSpan()
      before = (span as unknown as { attributes: object }).attributes
      expect(span && ownAttributes(span)).toBe(before)
    })
    expect(recorded.spans()[0]?.attributes).toBe(before)
    expect(recorded.attributes('s')).toMatchObject({ 'runspan.target': 't', 'runspan.outcome': 'success' })
  })

  test('do not touch a span that somebody else has ended', () => {
    runStep('s', () => trace.getActiveSpan()?.end())
    expect(recorded.attributes('s')['runspan.outcome']).toBeUndefined()
  })

  test('go through setAttribute for a span of another make', () => {
    expect(ownAttributes({ attributes: {} } as never)).toBeUndefined()
    expect(
      ownAttributes({ _spanLimits: {}, _attributesCount: 1, _ended: false, attributes: null } as never),
    ).toBeUndefined()
  })
})

describe.each([{ attributeCountLimit: 16 }, { attributeValueLengthLimit: 20 }])('with the limits %o', (spanLimits) => {
  const recorded = record({ spanLimits })

  test('the SDK has the last word', () => {
    const attributes = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`a${n}`, 'x']))
    runStep('s', { target: 'y'.repeat(50), attributes }, () => {
      const span = trace.getActiveSpan()
      expect(span && ownAttributes(span)).toBeUndefined()
    })
    const [span] = recorded.spans()
    if (spanLimits.attributeCountLimit === undefined) expect(span?.attributes['runspan.target']).toBe('y'.repeat(20))
    else {
      expect(Object.keys(span?.attributes ?? {})).toHaveLength(16)
      expect(span?.droppedAttributesCount).toBeGreaterThan(0)
    }
  })
})
