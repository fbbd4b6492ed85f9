import { messageOf } from '../message-of.js'
import { type Logger, logError } from './logger.js'

/** A result of one step of a task, and who it is for. */
export interface TaskEvent<Result> {
  readonly userId: string
  readonly taskId: string
  readonly stepNo: number
  readonly result: Result
}

/** What is called with each result; all are given from outside, none is required. */
export interface TaskHooks<Result, Message> {
  /** Keeps the history of tasks. */
  store?:
    | { saveTaskHistory(userId: string, taskId: string, stepNo: number, result: Result): void | Promise<void> }
    | undefined
  /** Tells a user who waits, over a WebSocket or otherwise. */
  socket?:
    | { notifyUser(result: Result, userId: string, taskId: string, stepNo: number): void | Promise<void> }
    | undefined
  /** Passes a short message on. */
  queue?: { push(message: Message): void | Promise<void> } | undefined
  /** The message for the queue. */
  toMessage?: ((result: Result) => Message) | undefined
  /** Hears of what failed. @default console */
  logger?: Logger | undefined
}

/** Makes one function of the hooks: each is called, whatever becomes of the others. It never rejects. */
export function createTaskHooks<Result, Message = Result>(
  hooks: TaskHooks<Result, Message>,
): (event: TaskEvent<Result>) => Promise<void> {
  const { store, socket, queue, toMessage = (result) => result as unknown as Message, logger = console } = hooks
  return async ({ userId, taskId, stepNo, result }) => {
    const calls: Record<string, () => unknown> = {
      'save the task history': () => store?.saveTaskHistory(userId, taskId, stepNo, result),
      'notify the user': () => socket?.notifyUser(result, userId, taskId, stepNo),
      'queue the result': () => queue?.push(toMessage(result)),
    }
    const work = Object.entries(calls).map(async ([what, call]) => {
      try {
        await call()
      } catch (error) {
        logError(logger, `Failed to ${what}: ${messageOf(error)}`)
      }
    })
    await Promise.all(work)
  }
}
