import { errorMonitor } from 'node:events'
import { define, type Ending, hasMethod, type Kind } from './observer.js'

interface NodeStream {
  on(event: string | symbol, listener: (...args: unknown[]) => void): unknown
  readonly readable?: boolean
  readonly writable?: boolean
  readonly destroyed?: boolean
  readonly readableEnded?: boolean
  readonly writableFinished?: boolean
}

/** True for Node's streams, and for those of libraries that are made in their likeness. */
export function isNodeStream(value: object): value is NodeStream {
  return hasMethod(value, 'pipe') && hasMethod(value, 'on')
}

/**
 * A stream of Node ends when it is closed or all of it was read and written; what its consumer left unread is no
 * fault. Only events are listened to that do not set it flowing or hide an error that nobody handles.
 */
export const NODE_STREAM: Kind<NodeStream> = {
  // It may have been told not to say when it is closed.
  isLeft: (stream) => stream.destroyed === true,
  intercept(stream, ending) {
    if (stream.destroyed === true) return false
    const half = () => {
      const unread = stream.readable === true && stream.readableEnded === false
      const unwritten = stream.writable === true && stream.writableFinished === false
      if (!unread && !unwritten) ending.value(undefined)
    }
    stream.on(errorMonitor, (error) => ending.error(error))
    stream.on('end', half)
    stream.on('finish', half)
    stream.on('close', () => ending.value(undefined))
    ending.begin()
    return true
  },
}

/** What Node's `isDisturbed` asks a web stream, to know whether anything of it was read; its module is slow to load. */
const isDisturbed = Symbol.for('nodejs.stream.disturbed')

/** True for the `ReadableStream` of the web platform, of whichever realm or library. */
export function isWebStream(value: object): value is ReadableStream {
  return hasMethod(value, 'getReader') && hasMethod(value, 'tee') && hasMethod(value, 'cancel')
}

interface Reader {
  readonly closed: PromiseLike<unknown>
}

/**
 * A web stream has no events; it is heard through whoever reads it, by a reader, by `for await`, or by handing it on
 * with `pipeTo`, `pipeThrough` or `tee`. One that is read in another way, or was already, has an end for others to hear.
 */
export const WEB_STREAM: Kind<ReadableStream> = {
  isLeft: (stream, begun) => !begun && (stream.locked || (isDisturbed in stream && stream[isDisturbed] === true)),
  intercept: (stream, ending) => !stream.locked && hearWebStream(stream, ending),
}

function hearWebStream(stream: ReadableStream, ending: Ending): boolean {
  const source = stream as unknown as Record<PropertyKey, unknown>
  const wrap = (name: PropertyKey, hear: (given: any) => unknown) => {
    const method = source[name]
    if (typeof method !== 'function') return true
    return define(stream, name, function (this: unknown, ...args: unknown[]) {
      ending.begin()
      return hear(Reflect.apply(method as (...args: unknown[]) => unknown, this, args))
    })
  }
  return (
    wrap('getReader', (reader: Reader) => hearReader(reader, ending)) &&
    wrap('pipeTo', (piped: Promise<unknown>) => hearPromise(piped, ending)) &&
    wrap('cancel', (cancelled: Promise<unknown>) => hearPromise(cancelled, ending)) &&
    wrap('pipeThrough', (through: ReadableStream) => {
      if (!isWebStream(through) || !hearWebStream(through, ending)) ending.value(undefined)
      return through
    }) &&
    wrap('tee', (branches: ReadableStream[]) => {
      for (const branch of branches) hearWebStream(branch, ending)
      return branches
    }) &&
    wrap('values', (iterator: AsyncIterator<unknown>) => hearValues(iterator, ending)) &&
    wrap(Symbol.asyncIterator, (iterator: AsyncIterator<unknown>) => hearValues(iterator, ending))
  )
}

function hearReader(reader: Reader, ending: Ending): Reader {
  reader.closed.then(
    () => ending.value(undefined),
    (error) => {
      // A reader that was let go of says so in this way; the stream goes on.
      if ((error as { code?: unknown } | null)?.code !== 'ERR_INVALID_STATE') ending.error(error)
    },
  )
  return reader
}

function hearPromise(promise: Promise<unknown>, ending: Ending): Promise<unknown> {
  return promise.then(
    (value) => {
      ending.value(undefined)
      return value
    },
    (error: unknown) => {
      ending.error(error)
      throw error
    },
  )
}

function hearValues(iterator: AsyncIterator<unknown>, ending: Ending): AsyncIterator<unknown> {
  for (const name of ['next', 'return'] as const) {
    const method = iterator[name]
    if (method === undefined) continue
    define(iterator, name, function (this: AsyncIterator<unknown>, ...args: [unknown?]) {
      return Reflect.apply(method, this, args).then(
        (step: IteratorResult<unknown>) => {
          if (step.done) ending.value(step.value)
          return step
        },
        (error: unknown) => {
          ending.error(error)
          throw error
        },
      )
    })
  }
  return iterator
}
