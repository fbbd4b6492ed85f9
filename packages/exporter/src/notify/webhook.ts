import type { Sink } from '../sink.js'
import { failureBody, otherBody, slackBody, successBody } from './body.js'
import { createNotifier, type NotificationOptions, type NotifierKind } from './notifier.js'

const BODIES = { failure: failureBody, success: successBody, other: otherBody }

/** The generic webhook, as a kind of receiver. */
export const WEBHOOK: NotifierKind = {
  name: 'webhook',
  failure: {
    failure: 'Failed to send webhook alert',
    success: 'Failed to send success notification',
    other: 'Failed to send notification',
  },
  body: (kind, notice, now) => BODIES[kind](notice, now),
}

/** Slack, as a kind of receiver: told of failures only. */
export const SLACK: NotifierKind = {
  name: 'slack',
  failure: {
    failure: 'Failed to send Slack alert',
    success: 'Failed to send Slack alert',
    other: 'Failed to send Slack alert',
  },
  body: (kind, notice) => (kind === 'failure' ? slackBody(notice) : undefined),
}

/**
 * Posts a message when a run has failed, and when one whose title says `critical` or `production` has succeeded. One
 * that cannot be sent waits on disk and is sent later; the receiver knows it by its `webhook-id`.
 *
 * @throws ExporterError for an option that cannot be used.
 */
export function webhook(url: string | URL, options: NotificationOptions = {}): Sink {
  return createNotifier(WEBHOOK, url, options)
}

/**
 * Tells a Slack channel when a run has failed.
 *
 * @param url the channel's incoming webhook; who knows it can write into the channel, so it is never logged.
 * @throws ExporterError for an option that cannot be used.
 */
export function slack(url: string | URL, options: NotificationOptions = {}): Sink {
  return createNotifier(SLACK, url, options)
}
