import type { FileSink } from './file-sink.js'
import { createLane, type Lane } from './lane.js'
import { createOutboxLane } from './outbox.js'
import { resolveSinks, type SinkOptions } from './resolve-sinks.js'

/** The sinks of an exporter or processor, each in a lane of its own. */
export interface Lanes {
  readonly lanes: readonly Lane[]
  /** The files among them; undefined when there are none. */
  readonly files: FileSink | undefined
  /** Gives the folder back. */
  release(): void
}

/** Makes the lanes that options name, the files first. */
export function resolveLanes(options: SinkOptions, report: (message: string) => void): Lanes {
  const { files, others, release } = resolveSinks(options)
  const lanes: Lane[] = files === undefined ? [] : [createLane(files, report)]
  for (const sink of others) {
    lanes.push(
      sink.outbox === undefined ? createLane(sink, report) : createOutboxLane(sink, sink.outbox, files?.folder, report),
    )
  }
  return { lanes, files, release }
}
