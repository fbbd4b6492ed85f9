import { checkNumbers, LONGEST_TIMER_MS } from '../check-numbers.js'
import { messageOf } from '../message-of.js'
import type { Delivery, Sink } from '../sink.js'
import { post } from '../sinks/post.js'
import { parseTargetUrl, targetId } from '../sinks/target-url.js'
import type { Notice } from './body.js'
import { type Logger, logError } from './logger.js'
import { createRules, type NoticeKind, type NotificationRules } from './rules.js'
import { parseSecret, signatureHeaders } from './sign.js'

/** Options of {@link webhook} and {@link slack}. */
export interface NotificationOptions extends NotificationRules {
  /** Messages are signed with it, as Standard Webhooks say. @default not signed */
  secret?: string | undefined
  /** Hears of every failed attempt; pino, `console` and others fit. @default none */
  logger?: Logger | undefined
  /** How long one attempt may take, in milliseconds. @default 5000 */
  timeoutMs?: number | undefined
  /** @default the global fetch */
  fetch?: typeof fetch | undefined
  /** @default the time now */
  now?: (() => Date) | undefined
}

/** How one kind of receiver differs from another. */
export interface NotifierKind {
  readonly name: string
  /** Begins the line that is logged when sending fails. */
  readonly failure: Readonly<Record<NoticeKind, string>>
  /** The body for a notice; undefined when this kind is not told of it. */
  body(kind: NoticeKind, notice: Notice, now: Date): object | undefined
}

/** A sink that tells a receiver of runs, through the outbox. */
export function createNotifier(kind: NotifierKind, url: string | URL, options: NotificationOptions): Sink {
  const target = parseTargetUrl(`the address of ${kind.name}()`, url)
  const noticeOf = createRules(options)
  const key = options.secret === undefined ? undefined : parseSecret(options.secret)
  const { timeoutMs = 5_000, fetch: send = fetch, now = () => new Date(), logger } = options
  checkNumbers({ timeoutMs }, 1, LONGEST_TIMER_MS)
  return {
    name: `${kind.name} at ${target.host}`,
    write: () => undefined,
    outbox: {
      id: targetId(kind.name, target),
      message(delivery) {
        const notice = noticeOf(delivery)
        const body = notice && kind.body(notice, toNotice(delivery), now())
        return body && { id: `${delivery.key}-${notice}`, body: JSON.stringify(body) }
      },
      async send({ id, body }, signal) {
        try {
          const headers = signatureHeaders(id, body, key, now())
          await post(target, body, { headers, timeoutMs, signal, fetch: send })
        } catch (error) {
          const failed = kind.failure[kindOfMessage(id)]
          logError(logger, `${failed}: ${messageOf(error)}`)
          throw error
        }
      },
    },
  }
}

function kindOfMessage(id: string): NoticeKind {
  if (id.endsWith('-success')) return 'success'
  return id.endsWith('-other') ? 'other' : 'failure'
}

function toNotice({ key, document: { run, statuses } }: Delivery): Notice {
  const failed = statuses.find((row) => row.error_message !== null && row.status === run.outcome)
  return {
    runId: run.id ?? key,
    title: run.title,
    outcome: run.outcome,
    errorMessage: run.error?.message ?? failed?.error_message ?? run.reason,
  }
}
