import { bytesField, numberField, textField } from './message.js'

/** The two forms of OTLP over HTTP: an answer has the form of its request. */
export type WireForm = 'protobuf' | 'json'

export const CONTENT_TYPE = { protobuf: 'application/x-protobuf', json: 'application/json' } as const satisfies Record<
  WireForm,
  string
>

/** The three kinds of telemetry, with what their answers call the things they could not keep. */
export const SIGNALS = {
  traces: { rejected: 'rejectedSpans' },
  logs: { rejected: 'rejectedLogRecords' },
  metrics: { rejected: 'rejectedDataPoints' },
} as const

export type Signal = keyof typeof SIGNALS

/** What could not be kept of a request that is otherwise done. */
export interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

/** The body of a 200. */
export function encodeSuccess(form: WireForm, signal: Signal, partial?: PartialSuccess): Uint8Array {
  if (form === 'json') {
    const said = partial && { [SIGNALS[signal].rejected]: String(partial.rejected), errorMessage: partial.message }
    return new TextEncoder().encode(JSON.stringify({ partialSuccess: said ?? {} }))
  }
  if (partial === undefined) return new Uint8Array()
  return bytesField(1, Buffer.concat([numberField(1, partial.rejected), textField(2, partial.message)]))
}

/** The body of every other answer, a `google.rpc.Status`. */
export function encodeStatus(form: WireForm, code: number, message: string): Uint8Array {
  if (form === 'json') return new TextEncoder().encode(JSON.stringify({ code, message }))
  return Buffer.concat([numberField(1, code), textField(2, message)])
}
