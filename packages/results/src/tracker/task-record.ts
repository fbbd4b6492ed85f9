import { ATTR } from '../core/attributes.js'
import { toDurationMs, toIso } from '../core/nanos.js'
import { numberOf, type SpanRecord, textOf } from '../core/record.js'
import { errorOf, titleOf } from '../core/rows.js'
import type { TreeNode } from '../core/tree.js'
import { PIPELINE_TASK_STATUS } from '../words/pipeline.js'
import { toWord } from '../words/vocabulary.js'
import type { TaskMetrics, TaskState } from './execution.js'
import type { Issue } from './issue.js'

/** Attributes that a tracker has no use for, and that can be large. */
const HEAVY: readonly string[] = [ATTR.inputs, ATTR.outputs, ATTR.tags, ATTR.exceptionStacktrace]

/** The record without its large attributes: this is what a tracker keeps. */
export function toSlimRecord(record: SpanRecord): SpanRecord {
  if (HEAVY.every((name) => record.attributes[name] === undefined)) return record
  const attributes = Object.fromEntries(Object.entries(record.attributes).filter(([name]) => !HEAVY.includes(name)))
  return { ...record, attributes }
}

/** How a task stands by the record of its span. */
export function toTaskState(node: TreeNode, taskId: string): TaskState {
  const { record, outcome } = node
  const tookMs = tookOf(record)
  return {
    title: titleOf(record),
    status: toWord(PIPELINE_TASK_STATUS, outcome),
    startedAt: startOf(record),
    tookMs,
    metrics: metricsOf(record, tookMs),
    error: toError(node, taskId),
    warnings: toWarnings(record, taskId),
  }
}

/** When a span began, in milliseconds since 1970. */
export function startOf(record: SpanRecord): number {
  return Number(record.start) / 1e6
}

/** How long a span took, in milliseconds; null while its end is not known. */
export function tookOf(record: SpanRecord): number | null {
  return record.end === null ? null : toDurationMs(record.start, record.end)
}

/** What made a span fail; null when it did not. */
export function toError(node: TreeNode, taskId: string | null): Issue | null {
  const error = errorOf(node, true)
  if (error === null) return null
  const { type, code, category } = error
  return {
    message: error.message ?? node.outcome,
    taskId,
    timestamp: toIso(node.record.end ?? node.record.start),
    details: { type, code, category },
  }
}

/** The warnings that a span carries as JSON text. */
export function toWarnings(record: SpanRecord, taskId: string | null): readonly Issue[] {
  const text = textOf(record, ATTR.warnings)
  if (text === undefined) return []
  const timestamp = toIso(record.end ?? record.start)
  return parseList(text).map((item) => ({
    message: typeof item === 'string' ? item : (messageIn(item) ?? ''),
    taskId,
    timestamp,
    details: typeof item === 'string' ? {} : { value: item },
  }))
}

function metricsOf(record: SpanRecord, tookMs: number | null): TaskMetrics | null {
  const progress = numberOf(record, ATTR.progress)
  if (tookMs === null && progress === undefined) return null
  return {
    ...(tookMs === null ? {} : { duration: tookMs / 1000 }),
    ...(progress === undefined ? {} : { progress }),
  }
}

function parseList(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : [value]
  } catch {
    // A list that was cut is no JSON; its beginning is still worth showing.
    return [text]
  }
}

function messageIn(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('message' in item)) return undefined
  return typeof item.message === 'string' ? item.message : undefined
}
