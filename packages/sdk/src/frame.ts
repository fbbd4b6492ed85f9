import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, context, createContextKey, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api'
import type { Open } from './open.js'
import { report } from './report.js'

// All are found by their names, so that two installed copies of this package see each other's runs.
const KEY = createContextKey('runspan.frame/1')
const SPAN_KEY = createContextKey('OpenTelemetry Context Key SPAN')
const STORAGE = Symbol.for('runspan.storage/1')

/**
 * A context with a span and our own value in it. OpenTelemetry's own copies a Map for each value that is set; this one
 * points at the context around it, and steps over frames like itself, so that a lookup never walks up a deep run.
 */
class Frame implements Context {
  constructor(
    readonly base: Context,
    readonly span: Span | undefined,
    readonly open: Open,
  ) {}

  getValue(key: symbol): unknown {
    if (key === KEY) return this.open
    if (key === SPAN_KEY && this.span !== undefined) return this.span
    return this.base.getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return this.toPlain().setValue(key, value)
  }

  deleteValue(key: symbol): Context {
    return this.toPlain().deleteValue(key)
  }

  private toPlain(): Context {
    const own = this.base.setValue(KEY, this.open)
    return this.span === undefined ? own : trace.setSpan(own, this.span)
  }
}

/** False under an OpenTelemetry API that keeps its span elsewhere: its own contexts are used then. */
let canFrame: boolean | undefined

function knowsSpanKey(span: Span): boolean {
  canFrame ??= trace.setSpan(ROOT_CONTEXT, span).getValue(SPAN_KEY) === span
  return canFrame
}

/** A context in which `open` is the innermost, and its span the active one unless there is none. */
export function withOpen(base: Context, open: Open, span: Span | undefined): Context {
  if (span !== undefined && !knowsSpanKey(span)) return trace.setSpan(base, span).setValue(KEY, open)
  // A frame below overrides both values of this one only when it has both.
  const below = base instanceof Frame && (span !== undefined || base.span === undefined) ? base.base : base
  return new Frame(below, span, open)
}

interface StorageGlobal {
  [STORAGE]?: AsyncLocalStorage<Open>
}

/** The innermost run, step or attempt around the caller. Never throws. */
export function currentOpen(active: Context = activeContext()): Open | undefined {
  const framed = active instanceof Frame ? active.open : openIn(active)
  return framed ?? (globalThis as StorageGlobal)[STORAGE]?.getStore()
}

function openIn(of: Context): Open | undefined {
  if (of === ROOT_CONTEXT) return undefined
  try {
    return of.getValue(KEY) as Open | undefined
  } catch (error) {
    report('a context could not be read', error)
    return undefined
  }
}

/** True when somebody carries contexts of ours already, so that one more will not be lost. */
export function isCarried(active: Context): boolean {
  return active instanceof Frame
}

/** The active context; the root one where it cannot be known. */
export function activeContext(): Context {
  try {
    return context.active() ?? ROOT_CONTEXT
  } catch (error) {
    report('the active context could not be read', error)
    return ROOT_CONTEXT
  }
}

/** How a function that was called has ended: with a value, or with what it threw. */
export interface Entered {
  state: 'waiting' | 'returned' | 'threw'
  value: unknown
}

/**
 * Calls `fn` once, inside the context, and tells how that ended. A context manager that fails does not keep it from
 * being called. Where nobody registered one the frame would be lost at once, so it travels in a storage of our own.
 */
export function tryEnter(
  inner: Context,
  open: Open | undefined,
  fn: (...args: any[]) => unknown,
  self: unknown,
  args: readonly unknown[],
): Entered {
  const entered: Entered = { state: 'waiting', value: undefined }
  const once = () => {
    if (entered.state !== 'waiting') return
    entered.state = 'threw'
    try {
      const isThere = open === undefined || open.carried || activeContext() === inner
      entered.value = isThere ? fn.apply(self, args as any[]) : enterStorage(open, fn, self, args)
      entered.state = 'returned'
    } catch (error) {
      entered.value = error
    }
  }
  try {
    context.with(inner, once)
  } catch (error) {
    report('a context could not be entered', error)
  }
  once()
  return entered
}

/** {@link tryEnter}, for who wants what the function gives or throws. */
export function enter<T>(inner: Context, open: Open | undefined, fn: () => T): T {
  const { state, value } = tryEnter(inner, open, fn, undefined, [])
  if (state === 'threw') throw value
  return value as T
}

function enterStorage(open: Open, fn: (...args: any[]) => unknown, self: unknown, args: readonly unknown[]): unknown {
  const shared = globalThis as StorageGlobal
  shared[STORAGE] ??= new AsyncLocalStorage()
  return shared[STORAGE].run(open, () => fn.apply(self, args as any[]))
}
