import { documentText, type TextOptions } from '@runspan/results/core'
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
 * @throws ExporterError for an address that cannot be used.
 */
export function httpSink(url: string | URL, options: HttpSinkOptions = {}): Sink {
  const target = parseTargetUrl('the address of httpSink', url)
  const { headers = {}, timeoutMs = 5_000, running = false, looseSteps = false } = options
  const { fetch: send = fetch, detail = true } = options
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
