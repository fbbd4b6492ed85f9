import { isFailure } from '@runspan/results/core'
import { messageOf } from '../message-of.js'
import { post } from '../sinks/post.js'
import { parseTargetUrl } from '../sinks/target-url.js'
import { isCritical, type Notice } from './body.js'
import { type Logger, logError } from './logger.js'
import type { NotifierKind } from './notifier.js'
import { SLACK, WEBHOOK } from './webhook.js'

/** A row, as it is added to a document. */
export interface MonitoredStatus {
  readonly run_id: string
  readonly title: string
  readonly status: string
  readonly error_message?: string | null | undefined
}

/** Options of {@link createMonitor}. */
export interface MonitorOptions<S extends MonitoredStatus> {
  /** Where the row is added, such as a `WorkflowResultManager`. */
  manager: { addStatus(status: S): unknown }
  /** @default none */
  webhookUrl?: string | undefined
  /** @default none */
  slackWebhook?: string | undefined
  /** Hears of what could not be sent. @default console */
  logger?: Logger | undefined
  /** Posts a JSON body within a time. @default the global fetch */
  send?: ((url: string, body: object, timeoutMs: number) => Promise<void>) | undefined
  /** @default the time now */
  now?: (() => Date) | undefined
}

/** Adds rows and tells of the ones that failed. */
export interface Monitor<S extends MonitoredStatus> {
  /** Adds the row at once; resolves when everybody was told, or could not be. Never rejects for a message. */
  addWithMonitoring(status: S): Promise<void>
}

const TIMEOUT_MS = 5_000

/** Watches the rows of one document, without spans: a failed row is told at once, a critical success too. */
export function createMonitor<S extends MonitoredStatus>(options: MonitorOptions<S>): Monitor<S> {
  const { manager, webhookUrl, slackWebhook, logger = console, send = postJson, now = () => new Date() } = options
  return {
    async addWithMonitoring(status) {
      manager.addStatus(status)
      const kind = isFailure(status.status) ? 'failure' : status.status === 'success' ? 'success' : undefined
      if (kind === undefined || (kind === 'success' && !isCritical(status.title))) return
      const notice: Notice = {
        runId: status.run_id,
        title: status.title,
        outcome: status.status,
        errorMessage: status.error_message ?? null,
      }
      const tell = async (receiver: NotifierKind, url: string | undefined) => {
        try {
          const body = url === undefined ? undefined : receiver.body(kind, notice, now())
          if (url !== undefined && body !== undefined) await send(url, body, TIMEOUT_MS)
        } catch (error) {
          logError(logger, `${receiver.failure[kind]}: ${messageOf(error)}`)
        }
      }
      await tell(WEBHOOK, webhookUrl)
      await tell(SLACK, slackWebhook)
    },
  }
}

async function postJson(url: string, body: object, timeoutMs: number): Promise<void> {
  const signal = new AbortController().signal
  await post(parseTargetUrl('the webhook', url), JSON.stringify(body), { headers: {}, timeoutMs, signal, fetch })
}
