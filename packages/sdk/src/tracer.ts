import { ProxyTracerProvider, type Tracer, type TracerProvider, trace } from '@opentelemetry/api'
import { isDisabled } from './config.js'

/** The version of this package, as OpenTelemetry's instrumentation scope carries it. */
export const VERSION = '0.1.0'

const NOOP = new ProxyTracerProvider().getDelegate().constructor.name

let provider: TracerProvider | undefined
let tracer: Tracer | null = null

/** The tracer of whichever provider is registered now; null when there is none or tracking is switched off. */
export function activeTracer(): Tracer | null {
  const registered = trace.getTracerProvider() as TracerProvider & { getDelegate?: () => TracerProvider }
  const current = registered.getDelegate === undefined ? registered : registered.getDelegate()
  if (current === provider) return tracer
  provider = current
  tracer = isDisabled() || current.constructor.name === NOOP ? null : current.getTracer('@runspan/sdk', VERSION)
  return tracer
}
