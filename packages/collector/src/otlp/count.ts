import type { Signal } from './answer.js'
import { list, objects, parseObject } from './json.js'
import { type Cursor, forEachField, toTag, WIRE } from './wire.js'

/** The keys of a metric that hold its points, with their protobuf field numbers. */
const POINT_HOLDERS = { gauge: 5, sum: 7, histogram: 9, exponentialHistogram: 10, summary: 11 } as const

const toMessageTag = (field: number): number => toTag(field, WIRE.bytes)

/**
 * Counts the log records or metric points of a request, to say how many were not kept.
 *
 * @throws MalformedBody when the body is no such request.
 */
export function countProtobuf(body: Uint8Array, signal: Exclude<Signal, 'traces'>): number {
  const cursor: Cursor = { bytes: Buffer.from(body.buffer, body.byteOffset, body.byteLength), at: 0 }
  let count = 0
  const one = (end: number) => {
    cursor.at = end
    count += 1
  }
  const points = (end: number) => {
    const begin = cursor.at
    for (const field of Object.values(POINT_HOLDERS)) {
      cursor.at = begin
      forEachField(cursor, end, toMessageTag(field), (holderEnd) =>
        forEachField(cursor, holderEnd, toMessageTag(1), one),
      )
    }
  }
  forEachField(cursor, body.byteLength, toMessageTag(1), (resourceEnd) =>
    forEachField(cursor, resourceEnd, toMessageTag(2), (scopeEnd) =>
      forEachField(cursor, scopeEnd, toMessageTag(2), signal === 'logs' ? one : points),
    ),
  )
  return count
}

/** The same for a request written as JSON. */
export function countJson(body: Uint8Array, signal: Exclude<Signal, 'traces'>): number {
  const request = parseObject(body)
  let count = 0
  const resources =
    signal === 'logs'
      ? objects(request, 'resourceLogs', 'resource_logs')
      : objects(request, 'resourceMetrics', 'resource_metrics')
  for (const resource of resources) {
    if (signal === 'logs') {
      for (const scope of objects(resource, 'scopeLogs', 'scope_logs')) {
        count += list(scope, 'logRecords', 'log_records').length
      }
      continue
    }
    for (const scope of objects(resource, 'scopeMetrics', 'scope_metrics')) {
      for (const metric of objects(scope, 'metrics', 'metrics')) count += countPoints(metric)
    }
  }
  return count
}

function countPoints(metric: Record<string, unknown>): number {
  let count = 0
  for (const holder of Object.keys(POINT_HOLDERS)) {
    const points = metric[holder]
    if (typeof points === 'object' && points !== null) {
      count += list(points as Record<string, unknown>, 'dataPoints', 'data_points').length
    }
  }
  return count
}
