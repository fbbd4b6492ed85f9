import { createFileLane, type FileLane } from './file-lane.js'
import type { ResultFiles } from './file-sink.js'
import { createFolderFaults, type FolderFaults } from './folder-faults.js'
import { createLane, type Lane } from './lane.js'
import { createOutboxLane } from './outbox.js'
import { resolveSinks, type SinkOptions } from './resolve-sinks.js'
import type { Delivery } from './sink.js'

/** The sinks of an exporter or processor, each in a lane of its own. */
export interface Lanes {
  readonly lanes: readonly Lane[]
  /** The files among them; undefined when there are none. */
  readonly files: ResultFiles | undefined
  readonly fileLane: FileLane | undefined
  readonly faults: FolderFaults | undefined
  /** Gives the folder back. */
  release(): void
}

/** Makes the lanes that options name, the files first. */
export function resolveLanes(
  options: SinkOptions,
  settled: (delivery: Delivery, stands: boolean) => void,
  report: (message: string) => void,
): Lanes {
  const { files, others, release } = resolveSinks(options)
  const faults = files && createFolderFaults(files.folder, report)
  const fileLane = files && faults && createFileLane(files, settled, faults)
  const lanes: Lane[] = fileLane === undefined ? [] : [fileLane]
  for (const sink of others) {
    lanes.push(
      sink.outbox === undefined ? createLane(sink, report) : createOutboxLane(sink, sink.outbox, files?.folder, report),
    )
  }
  return { lanes, files, fileLane, faults, release }
}
