// What one would write by hand: the same span with the same eight attributes.
import { SpanStatusCode, trace } from '@opentelemetry/api'

const attributes = (name) => ({
  'runspan.kind': 'step',
  'runspan.run.key': '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331',
  'runspan.parent.id': 'b7ad6b7169203331',
  'runspan.ordinal': 1,
  'runspan.name': name,
  'code.function.name': 'work',
  'runspan.target': 'there',
  'runspan.outcome': 'success',
})

/** Hand-written OpenTelemetry around a sync function. */
export function bareSync(name, fn) {
  const tracer = trace.getTracer('bare')
  return (...args) =>
    tracer.startActiveSpan(name, { attributes: attributes(name) }, (span) => {
      try {
        return fn(...args)
      } catch (error) {
        span.recordException(error)
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
        throw error
      } finally {
        span.end()
      }
    })
}

/** Hand-written OpenTelemetry around an async function. */
export function bareAsync(name, fn) {
  const tracer = trace.getTracer('bare')
  return (...args) =>
    tracer.startActiveSpan(name, { attributes: attributes(name) }, async (span) => {
      try {
        return await fn(...args)
      } catch (error) {
        span.recordException(error)
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
        throw error
      } finally {
        span.end()
      }
    })
}
