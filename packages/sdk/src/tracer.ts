import { ProxyTracerProvider, type Tracer, type TracerProvider, trace } from '@opentelemetry/api'
import { isDisabled } from './config.js'
import { report } from './report.js'

/** The version of this package, as OpenTelemetry's instrumentation scope carries it. */
export const VERSION = '0.1.0'

/** Both the scope of our spans and metrics, and how others know them for ours. */
export const SCOPE = '@runspan/sdk'

/** What stands in where nobody registered a provider; each copy of the API has one of its own. */
const NOOP: TracerProvider = new ProxyTracerProvider().getDelegate()

let provider: TracerProvider | undefined
let tracer: Tracer | null = null

/** The tracer of whichever provider is registered now; null when there is none or tracking is switched off. */
export function activeTracer(): Tracer | null {
  if (isDisabled()) return null
  try {
    const registered = trace.getTracerProvider() as TracerProvider & { getDelegate?: () => TracerProvider }
    const current = registered.getDelegate === undefined ? registered : registered.getDelegate()
    if (current === provider) return tracer
    tracer = current === NOOP ? null : current.getTracer(SCOPE, VERSION)
    provider = current
  } catch (error) {
    report('the tracer provider gave no tracer', error)
    return null
  }
  return tracer
}
