import {
  type Context,
  context,
  diag,
  type Meter,
  metrics,
  propagation,
  type Span,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { liveListeners } from '@runspan/results/core'

/** What the injected faults are; nobody else throws one. */
export class Injected extends Error {}

/** Counts the crossings of every boundary, and makes one of them fail. */
export interface Faults {
  /** Crosses a boundary: throws when it is this boundary's turn. */
  cross(boundary: string): void
  /** Which boundary fails at which crossing, and perhaps ever after; undefined lets all pass. */
  arm(boundary: string | undefined, at: number, forever: boolean): void
  readonly crossings: ReadonlyMap<string, number>
  readonly injected: number
}

export function createFaults(): Faults {
  const crossings = new Map<string, number>()
  let armed: { boundary: string; at: number; forever: boolean } | undefined
  let injected = 0
  return {
    crossings,
    get injected() {
      return injected
    },
    arm(boundary, at, forever) {
      crossings.clear()
      armed = boundary === undefined ? undefined : { boundary, at, forever }
    },
    cross(boundary) {
      const count = (crossings.get(boundary) ?? 0) + 1
      crossings.set(boundary, count)
      if (armed?.boundary !== boundary || (armed.forever ? armed.at > count : armed.at !== count)) return
      if (armed.at === count) injected += 1
      throw new Injected(`${boundary} ${count}`)
    },
  }
}

/** The object with a crossing before every call of its methods. */
function guardAll<T extends object>(
  faults: Faults,
  name: string,
  object: T,
  wrap: Record<string, (made: any) => unknown> = {},
): T {
  return new Proxy(object, {
    get(target, key) {
      const value = Reflect.get(target, key, target)
      if (typeof value !== 'function' || typeof key !== 'string' || key.startsWith('_')) return value
      return (...args: unknown[]) => {
        faults.cross(`${name}.${key}`)
        const made = Reflect.apply(value, target, args)
        return wrap[key]?.(made) ?? made
      }
    },
  })
}

/** Registers a whole OpenTelemetry whose every part can fail; gives the function that takes it away. */
export function registerFaulty(faults: Faults, limits: boolean): () => void {
  const processor = {
    onStart: () => faults.cross('processor.onStart'),
    onEnd: () => faults.cross('processor.onEnd'),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const provider = new NodeTracerProvider({
    spanProcessors: [processor],
    ...(limits ? { spanLimits: { attributeCountLimit: 64 } } : {}),
  })
  const span = (made: Span) => guardAll(faults, 'span', made)
  const tracer = (made: Tracer) => guardAll(faults, 'tracer', made, { startSpan: span })
  trace.setGlobalTracerProvider(guardAll(faults, 'provider', provider, { getTracer: tracer }))
  const instruments = Object.fromEntries(
    ['createHistogram', 'createUpDownCounter', 'createCounter'].map((name) => [
      name,
      (made: object) => guardAll(faults, name, made),
    ]),
  )
  const meter = (made: Meter) => guardAll(faults, 'meter', made, instruments)
  metrics.setGlobalMeterProvider(guardAll(faults, 'meters', new MeterProvider(), { getMeter: meter }))
  const manager = new AsyncLocalStorageContextManager().enable()
  const enter = manager.with.bind(manager) as (inner: Context, fn: () => unknown) => unknown
  manager.with = ((inner: Context, fn: () => unknown) => {
    faults.cross('context.with, before')
    const value = enter(inner, fn)
    faults.cross('context.with, after')
    return value
  }) as typeof manager.with
  const active = manager.active.bind(manager)
  manager.active = () => {
    faults.cross('context.active')
    return active()
  }
  context.setGlobalContextManager(manager)
  propagation.setGlobalPropagator(guardAll(faults, 'propagator', new W3CTraceContextPropagator()))
  const say = () => faults.cross('diag')
  diag.setLogger({ error: say, warn: say, info: say, debug: say, verbose: say }, { suppressOverrideMessage: true })
  const listener = () => faults.cross('live listener')
  liveListeners().add(listener)
  const globals: [Record<string, any>, string][] = [
    [performance, 'now'],
    [Date, 'now'],
    [JSON, 'stringify'],
    [AbortSignal as never, 'any'],
    [FinalizationRegistry.prototype, 'register'],
  ]
  const originals = globals.map(([home, name]) => {
    const original = home[name]
    home[name] = function (this: unknown, ...args: unknown[]) {
      faults.cross(`${name} of the platform`)
      return Reflect.apply(original, this, args)
    }
    return () => {
      home[name] = original
    }
  })
  return () => {
    for (const restore of originals) restore()
    liveListeners().delete(listener)
    diag.disable()
    for (const api of [trace, context, metrics, propagation]) api.disable()
  }
}
