import { context, metrics, propagation, type TextMapPropagator, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator } from '@opentelemetry/core'
import type { MeterProvider } from '@opentelemetry/sdk-metrics'
import type { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

/** Makes them the ones that everybody finds, and gives a function that takes back those that were not others' already. */
export function claimGlobals(
  tracerProvider: NodeTracerProvider,
  meterProvider: MeterProvider | undefined,
  propagators: readonly TextMapPropagator[],
): (() => void) | undefined {
  if (!trace.setGlobalTracerProvider(tracerProvider)) return undefined
  const manager = new AsyncLocalStorageContextManager().enable()
  const ownsContext = context.setGlobalContextManager(manager)
  if (!ownsContext) manager.disable()
  const ownsPropagation = propagation.setGlobalPropagator(new CompositePropagator({ propagators: [...propagators] }))
  const ownsMetrics = meterProvider !== undefined && metrics.setGlobalMeterProvider(meterProvider)
  return () => {
    trace.disable()
    if (ownsContext) context.disable()
    if (ownsPropagation) propagation.disable()
    if (ownsMetrics) metrics.disable()
  }
}
