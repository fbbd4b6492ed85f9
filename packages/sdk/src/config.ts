import { readSwitch } from '@runspan/results/core'
import { report } from './report.js'

let disabled: boolean | undefined
let exceptionEvents: boolean | undefined
let identity: boolean | undefined

/** True when `RUNSPAN_DISABLED` or `OTEL_SDK_DISABLED` is on; read once, at the first tracked call. */
export function isDisabled(): boolean {
  disabled ??= isOn('RUNSPAN_DISABLED') || isOn('OTEL_SDK_DISABLED')
  return disabled
}

/**
 * True unless `OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN` is `logs`: then exceptions are to be log records only, which are
 * not ours to write. `logs/dup` asks for both.
 */
export function wantsExceptionEvents(): boolean {
  exceptionEvents ??= !list(process.env.OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN).includes('logs')
  return exceptionEvents
}

/** False when `RUNSPAN_BAGGAGE` is off: then the run's identity is neither put into carriers nor read. */
export function sharesIdentity(): boolean {
  identity ??= isOn('RUNSPAN_BAGGAGE', true)
  return identity
}

/** The carrier that a parent process put into the environment: W3C's names in capitals; undefined when there is none. */
export function environmentCarrier(): Record<string, string> | undefined {
  const { TRACEPARENT: traceparent, TRACESTATE: tracestate, BAGGAGE: baggage } = process.env
  if (traceparent === undefined) return undefined
  return {
    traceparent,
    ...(tracestate === undefined ? {} : { tracestate }),
    ...(baggage === undefined ? {} : { baggage }),
  }
}

function isOn(name: string, otherwise?: boolean): boolean {
  const { on, warning } = readSwitch(name, process.env[name], otherwise)
  if (warning !== undefined) report(warning)
  return on
}

function list(value: string | undefined): string[] {
  return (value ?? '').split(',').map((word) => word.trim().toLowerCase())
}
