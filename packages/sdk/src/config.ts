let disabled: boolean | undefined

/** True when `RUNSPAN_DISABLED` or `OTEL_SDK_DISABLED` is `true` or `1`; read once, at the first tracked call. */
export function isDisabled(): boolean {
  disabled ??= isOn(process.env.RUNSPAN_DISABLED) || isOn(process.env.OTEL_SDK_DISABLED)
  return disabled
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && /^\s*(true|1)\s*$/i.test(value)
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
