import { guard } from './report.js'
import type { Target } from './target.js'

/** The signal that the option names, for this call. */
export function resolveSignal(target: Target, args: readonly unknown[]): AbortSignal | undefined {
  const { signal } = target
  if (typeof signal !== 'function') return signal
  const given = guard(`the signal option of '${target.name}' failed`, () => signal(...args))
  return given instanceof AbortSignal ? given : undefined
}

/** A signal that is aborted when one of the two is. */
export function joinSignals(own: AbortSignal | undefined, around: AbortSignal | undefined): AbortSignal | undefined {
  if (own === undefined || around === undefined || own === around) return own ?? around
  return guard('two signals could not be joined', () => AbortSignal.any([own, around])) ?? own
}
