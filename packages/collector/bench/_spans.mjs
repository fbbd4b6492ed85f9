// Requests as an SDK sends them: runs of 50 steps, 13 attributes a span, ids that repeat only where they do in life.
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'

const root = createRequire(import.meta.url)('otlp-definitions/build/src/generated/root.js')

/** The decoder generated from the official definitions. */
export const official = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest

const STEPS = 50
const text = (key, stringValue) => ({ key, value: { stringValue } })

/** `count` encoded requests of `spans` spans each; of `foreign` in 10 spans nobody here wants any. */
export function makeRequests(count, spans, foreign = 0) {
  const steps = makeSteps()
  return Array.from({ length: count }, () => {
    const list = Array.from({ length: spans }, (_, n) => (n % 10 < foreign ? makeForeign() : steps.next().value))
    const request = { resourceSpans: [{ scopeSpans: [{ scope: { name: 'runspan' }, spans: list }] }] }
    return Buffer.from(official.encode(official.fromObject(request)).finish())
  })
}

function* makeSteps() {
  for (let run = 0; ; run++) {
    const traceId = randomBytes(16)
    const rootId = randomBytes(8)
    const runKey = `${traceId.toString('hex')}-${rootId.toString('hex')}`
    for (let step = 0; step <= STEPS; step++) {
      const start = 1_763_729_999_000_000_000n + BigInt(run * 1000 + step) * 1_000_003n
      yield {
        traceId,
        spanId: step === STEPS ? rootId : randomBytes(8),
        parentSpanId: step === STEPS ? undefined : rootId,
        name: 'validate row',
        kind: 1,
        startTimeUnixNano: String(start),
        endTimeUnixNano: String(start + 1_234_567n),
        status: {},
        attributes: [
          text('runspan.kind', step === STEPS ? 'run' : 'step'),
          text('runspan.run.key', runKey),
          text('runspan.parent.id', rootId.toString('hex')),
          { key: 'runspan.ordinal', value: { intValue: step + 1 } },
          text('runspan.name', 'validate row'),
          text('runspan.title', 'Validate every row'),
          text('runspan.mode', 'default'),
          text('runspan.id', String(step + 1)),
          text('runspan.run.id', `2026-11-21-${run}`),
          text('runspan.target', 'https://example.org/2026-11-21.csv'),
          text('runspan.outcome', 'success'),
          text('code.function.name', 'validateRow'),
          text('deployment.environment.name', 'production'),
        ],
      }
    }
  }
}

function makeForeign() {
  return {
    traceId: randomBytes(16),
    spanId: randomBytes(8),
    parentSpanId: randomBytes(8),
    name: 'GET /orders/{id}',
    kind: 3,
    startTimeUnixNano: '1763729999000000000',
    endTimeUnixNano: '1763729999100000000',
    status: {},
    attributes: [
      text('http.request.method', 'GET'),
      text('url.full', 'https://example.org/orders/4711?expand=lines'),
      text('server.address', 'example.org'),
      { key: 'http.response.status_code', value: { intValue: 200 } },
      text('user_agent.original', 'undici'),
      text('network.protocol.version', '1.1'),
    ],
  }
}
