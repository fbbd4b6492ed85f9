import { isFailure, isSuccess, isTerminal, OUTCOME_WORDS, type Outcome, quote } from '@runspan/results/core'
import { ExporterError } from '../exporter-error.js'
import type { Delivery } from '../sink.js'
import { isCritical } from './body.js'

/** Which runs somebody is told of. */
export interface NotificationRules {
  /** Names of workflows, patterns of them, or a function. @default all */
  workflows?: readonly (string | RegExp)[] | ((name: string) => boolean) | undefined
  /** @default failures, and successes whose title contains `critical` or `production` */
  outcomes?: readonly Outcome[] | undefined
  /** Of failures, only the first after a success, or the first this process sees. @default false */
  firstFailureOnly?: boolean | undefined
}

/** What is told: that it failed, that it succeeded, or that it ended in another way, as a cancelled run does. */
export type NoticeKind = 'failure' | 'success' | 'other'

const MAX_REMEMBERED = 10_000

/**
 * Makes a function that says which notice, if any, a document gives cause for. A document that is revised gives none
 * again, unless it is of another kind by now, such as a success that has become a failure.
 *
 * @throws ExporterError for rules that cannot be used.
 */
export function createRules(rules: NotificationRules): (delivery: Delivery) => NoticeKind | undefined {
  const matches = toMatch(rules.workflows)
  const { outcomes, firstFailureOnly = false } = rules
  checkOutcomes(outcomes)
  const told = new Map<string, NoticeKind>()
  const last = new Map<string, NoticeKind>()
  return ({ key, document: { run }, final, loose }) => {
    if (!final || loose || run.parent !== null || !isTerminal(run.outcome) || !matches(run.name)) return undefined
    const kind = toKind(run.outcome)
    if (told.get(key) === kind) return undefined
    remember(told, key, kind)
    const before = last.get(run.name)
    if (kind !== 'other') remember(last, run.name, kind)
    if (firstFailureOnly && kind === 'failure' && before === 'failure') return undefined
    const chosen = outcomes ? outcomes.includes(run.outcome) : kind === 'failure' || isTold(run.outcome, run.title)
    return chosen ? kind : undefined
  }
}

function toKind(outcome: Outcome): NoticeKind {
  if (isFailure(outcome)) return 'failure'
  return isSuccess(outcome) ? 'success' : 'other'
}

function isTold(outcome: Outcome, title: string): boolean {
  return isSuccess(outcome) && isCritical(title)
}

function toMatch(workflows: NotificationRules['workflows']): (name: string) => boolean {
  if (workflows === undefined) return () => true
  if (typeof workflows === 'function') return workflows
  if (!Array.isArray(workflows) || !workflows.every((one) => typeof one === 'string' || one instanceof RegExp)) {
    throw new ExporterError('invalid_option', 'workflows is no list; give names, patterns or a function.')
  }
  return (name) =>
    workflows.some((one) =>
      typeof one === 'string' ? one === name : new RegExp(one.source, one.flags.replace(/[gy]/g, '')).test(name),
    )
}

function checkOutcomes(outcomes: unknown): void {
  if (outcomes === undefined) return
  const known = OUTCOME_WORDS.filter(isTerminal)
  const wrong = Array.isArray(outcomes) ? outcomes.find((word) => !known.includes(word)) : outcomes
  if (Array.isArray(outcomes) && wrong === undefined) return
  throw new ExporterError('invalid_option', `outcomes holds ${quote(wrong)}; give a list of ${known.join(', ')}.`)
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  const oldest = map.size > MAX_REMEMBERED ? map.keys().next().value : undefined
  if (oldest !== undefined) map.delete(oldest)
}
