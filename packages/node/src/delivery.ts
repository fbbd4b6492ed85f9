import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node'
import { redactText } from '@runspan/results/core'
import type { Config } from './config.js'

/** A flush brings all that waits at once, and the SDK's exporter drops what is above 30 at a time. */
const MAX_IN_FLIGHT = 4

/** How long a place that did not answer is left alone. */
const PAUSE_MS = 5_000

/** How many spans left over OTLP, and how many could not. */
export interface SentCount {
  sent: number
  lost: number
}

/** What is to be known of sending, and told of it. */
export interface Sending {
  readonly config: Config
  readonly count: SentCount
  readonly say: (message: string) => void
  /** True while what waits is sent for the last time. */
  isEnding: boolean
}

/** Takes spans, a request's worth at a time, and sends them when it can. */
export interface Delivery {
  add(spans: ReadableSpan[]): void
  /** Tries all that waits; resolves when there is nothing more to try now. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Sends a few requests at a time, counts, and says once, in a sentence that helps, when something could not be sent. After
 * an outage it pauses, and keeps what waits, without holding a program that has come to its end.
 *
 * @param onSettled is told how many spans wait no longer.
 */
export function createDelivery(
  exporter: SpanExporter,
  url: string,
  sending: Sending,
  onSettled: (spans: number) => void,
): Delivery {
  const waiting: ReadableSpan[][] = []
  const onIdle: (() => void)[] = []
  let inFlight = 0
  let pause: NodeJS.Timeout | undefined
  const settle = (spans: ReadableSpan[], { code, error }: ExportResult) => {
    onSettled(spans.length)
    if (code === ExportResultCode.SUCCESS) sending.count.sent += spans.length
    else {
      sending.count.lost += spans.length
      sending.say(failureText('spans', url, error))
    }
  }
  const send = (spans: ReadableSpan[]) => {
    inFlight += 1
    const onResult = (result: ExportResult) => {
      inFlight -= 1
      settle(spans, result)
      if (isOutage(result)) {
        // Nobody waits for a second try when the program ends.
        if (sending.isEnding) for (const late of waiting.splice(0)) settle(late, result)
        else pause ??= setTimeout(resume, PAUSE_MS).unref()
      }
      sendNext()
    }
    try {
      exporter.export(spans, onResult)
    } catch (error) {
      onResult({ code: ExportResultCode.FAILED, error: error as Error })
    }
  }
  const sendNext = () => {
    while (pause === undefined && inFlight < MAX_IN_FLIGHT) {
      const spans = waiting.shift()
      if (spans === undefined) break
      send(spans)
    }
    if (inFlight === 0) for (const resolve of onIdle.splice(0)) resolve()
  }
  const resume = () => {
    clearTimeout(pause)
    pause = undefined
    sendNext()
  }
  const flush = async () => {
    resume()
    if (inFlight > 0) await new Promise<void>((resolve) => onIdle.push(resolve))
  }
  return {
    add(spans) {
      waiting.push(spans)
      sendNext()
    },
    flush,
    async close() {
      await flush()
      await exporter.shutdown()
    },
  }
}

/** No answer, or one that says to come again: what is refused for good is the fault of that request alone. */
function isOutage({ code, error }: ExportResult): boolean {
  const status = (error as { code?: unknown } | undefined)?.code
  return code !== ExportResultCode.SUCCESS && !(typeof status === 'number' && status >= 400 && status < 500)
}

/** What is said of something that could not be sent. */
export function failureText(what: 'spans' | 'metrics', url: string, error: unknown): string {
  const reason = redactText(reasonOf(error))
  return `${what} could not be sent to ${redactText(url)}: ${reason}. Is a collector listening there? The documents are not affected.`
}

/** Mostly the code stands in the message already, and the message of a cause in that of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason was given'
  const { code } = error as NodeJS.ErrnoException
  const cause = error.cause instanceof Error ? reasonOf(error.cause) : ''
  const message = error.message || (error instanceof AggregateError ? reasonOf(error.errors[0]) : '')
  const parts = [message, String(code ?? ''), cause].filter((part, at, all) => {
    return (
      part !== '' && !all.some((other, index) => index !== at && other.includes(part) && (other !== part || index < at))
    )
  })
  return parts.join(', ') || error.name
}
