import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, context, createContextKey } from '@opentelemetry/api'
import type { Open } from './open.js'

// Both are found by their names, so that two installed copies of this package see each other's runs.
const KEY = createContextKey('runspan.frame/1')
const STORAGE = Symbol.for('runspan.storage/1')

function storage(): AsyncLocalStorage<Open> {
  const shared = globalThis as { [STORAGE]?: AsyncLocalStorage<Open> }
  shared[STORAGE] ??= new AsyncLocalStorage()
  return shared[STORAGE]
}

/** The innermost run, step or attempt around the caller. */
export function currentOpen(): Open | undefined {
  return (context.active().getValue(KEY) as Open | undefined) ?? storage().getStore()
}

/** A context in which `open` is the innermost. */
export function withOpen(base: Context, open: Open): Context {
  return base.setValue(KEY, open)
}

/**
 * Calls `fn` inside the context. Where nobody registered a context manager the frame would be lost at once, so it
 * travels in a storage of our own.
 */
export function enter<T>(inner: Context, open: Open, fn: () => T): T {
  return context.with(inner, () => (context.active() === inner ? fn() : storage().run(open, fn)))
}
