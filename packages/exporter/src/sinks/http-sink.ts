import { documentText, quote, type TextOptions } from '@runspan/results/core'
import { checkNumbers, LONGEST_TIMER_MS } from '../check-numbers.js'
import { ExporterError } from '../exporter-error.js'
import type { Sink } from '../sink.js'
import { post } from './post.js'
import { parseTargetUrl, targetId } from './target-url.js'

/** Options of {@link httpSink}. */
export interface HttpSinkOptions extends TextOptions {
  /** Everything that is known, or the plain rows only. @default true */
  detail?: boolean | undefined
  /** More headers, such as `authorization`. @default none */
  headers?: Readonly<Record<string, string>> | undefined
  /** How long one request may take, in milliseconds. @default 5000 */
  timeoutMs?: number | undefined
  /** Post documents of runs that go on, too. @default false */
  running?: boolean | undefined
  /** Post steps that are called outside any run, too, each by itself. @default false */
  looseSteps?: boolean | undefined
  /** @default the global fetch */
  fetch?: typeof fetch | undefined
}

/**
 * Posts each finished document as JSON. One that cannot be sent waits on disk, in the results folder, and is sent later,
 * by the next process if need be: at least once, with the same `idempotency-key`, `<run key>-<revision>`.
 *
 * @throws ExporterError for an address or option that cannot be used.
 */
export function httpSink(url: string | URL, options: HttpSinkOptions = {}): Sink {
  const target = parseTargetUrl('the address of httpSink', url)
  const { headers = {}, timeoutMs = 5_000, running = false, looseSteps = false } = options
  const { fetch: send = fetch, detail = true } = options
  checkNumbers({ timeoutMs }, 1, LONGEST_TIMER_MS)
  checkHeaders(headers)
  const postDocument = (id: string, body: string, signal: AbortSignal) =>
    post(target, body, { headers: { ...headers, 'idempotency-key': id }, timeoutMs, signal, fetch: send })
  const idOf = (key: string, revision: number) => `${key}-${revision}`
  return {
    name: `HTTP to ${target.host}`,
    write({ key, document, final }) {
      if (final || !running) return undefined
      const id = idOf(key, document.provenance.revision)
      return postDocument(id, documentText(document, { ...options, detail }), new AbortController().signal)
    },
    outbox: {
      id: targetId('http', target),
      message({ key, document, loose }) {
        if (loose && !looseSteps) return undefined
        const id = idOf(key, document.provenance.revision)
        return { id, body: documentText(document, { ...options, detail }) }
      },
      send: ({ id, body }, signal) => postDocument(id, body, signal),
    },
  }
}

/** The message does not show the value, which may be a secret. */
function checkHeaders(headers: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      if (typeof value !== 'string') throw new TypeError('no text')
      new Headers({ [name]: value })
    } catch {
      // What HTTP has against it repeats the value.
      throw new ExporterError('invalid_option', `headers holds ${quote(name)}, which is no text that HTTP can carry.`)
    }
  }
}
