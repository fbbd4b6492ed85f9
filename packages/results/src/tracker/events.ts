import type { PipelineStatus, PipelineTaskStatus } from '../words/pipeline.js'

/** Hears of an execution's new status; `oldStatus` is null when it begins. */
export type StatusHandler = (
  executionId: string,
  newStatus: PipelineStatus,
  oldStatus: PipelineStatus | null,
) => unknown

/** Hears of a task's new status. */
export type TaskHandler = (executionId: string, taskId: string, status: PipelineTaskStatus) => unknown

/** What a handler was told. */
export type TrackerEvent =
  | {
      readonly kind: 'status'
      readonly executionId: string
      readonly status: PipelineStatus
      readonly previous: PipelineStatus | null
    }
  | {
      readonly kind: 'task'
      readonly executionId: string
      readonly taskId: string
      readonly status: PipelineTaskStatus
    }

/** Hears of what a handler threw or rejected with. */
export type HandlerFault = (error: unknown, event: TrackerEvent) => void

/** Handlers and the way to call them. */
export interface Events {
  onStatus(handler: StatusHandler): () => void
  onTask(handler: TaskHandler): () => void
  /** Tells the handlers of events, in this order; the promise resolves when all are done, and never rejects. */
  emit(...events: TrackerEvent[]): Promise<void>
}

const DONE = Promise.resolve()

/**
 * Begins a set of handlers. Each handler hears the events in the order in which they happened, also when a handler
 * causes further ones: those wait until all have heard the first.
 */
export function createEvents(onFault: HandlerFault): Events {
  const statusHandlers: { call: StatusHandler }[] = []
  const taskHandlers: { call: TaskHandler }[] = []
  const queue: { event: TrackerEvent; done: (heard: Promise<unknown>) => void }[] = []
  let delivering = false

  const report = (error: unknown, event: TrackerEvent): void => {
    try {
      onFault(error, event)
    } catch {
      // Whoever is told of faults has one of their own: there is nobody left to tell.
    }
  }
  /** Calls a handler; gives a promise, which never rejects, only when there is something to wait for. */
  const call = (handler: () => unknown, event: TrackerEvent): Promise<void> | undefined => {
    try {
      const result = handler()
      if (!isThenable(result)) return undefined
      return Promise.resolve(result).then(
        () => {},
        (error) => report(error, event),
      )
    } catch (error) {
      report(error, event)
      return undefined
    }
  }
  const deliver = (event: TrackerEvent): Promise<unknown> => {
    const calls: Promise<void>[] = []
    const add = (handler: () => unknown) => {
      const heard = call(handler, event)
      if (heard !== undefined) calls.push(heard)
    }
    if (event.kind === 'status') {
      for (const h of [...statusHandlers]) add(() => h.call(event.executionId, event.status, event.previous))
    } else {
      for (const h of [...taskHandlers]) add(() => h.call(event.executionId, event.taskId, event.status))
    }
    return calls.length === 0 ? DONE : Promise.all(calls)
  }
  return {
    onStatus: (handler) => register(statusHandlers, { call: handler }),
    onTask: (handler) => register(taskHandlers, { call: handler }),
    emit(...events) {
      if (events.length === 0 || (statusHandlers.length === 0 && taskHandlers.length === 0)) return DONE
      if (delivering) {
        const heard = events.map((event) => new Promise<unknown>((done) => queue.push({ event, done })))
        return Promise.all(heard).then(() => {})
      }
      delivering = true
      const heard = events.map(deliver).filter((promise) => promise !== DONE)
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) next.done(deliver(next.event))
      delivering = false
      return heard.length === 0 ? DONE : Promise.all(heard).then(() => {})
    },
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false
  return typeof (value as { then?: unknown }).then === 'function'
}

function register<T>(list: T[], entry: T): () => void {
  list.push(entry)
  return () => {
    const at = list.indexOf(entry)
    if (at >= 0) list.splice(at, 1)
  }
}
