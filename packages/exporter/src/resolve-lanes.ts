import { createFileLane, type FileLane } from './file-lane.js'
import type { ResultFiles } from './file-sink.js'
import { createFolderFaults, type FolderFaults } from './folder-faults.js'
import { createLane, type Lane } from './lane.js'
import { createOutboxFolder } from './outbox/folder.js'
import { createOutboxLane } from './outbox/lane.js'
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
  const names = new Set<string>()
  for (const sink of others) {
    const part = sink.outbox
    const folder = part && files && createOutboxFolder(files.folder, ownName(names, part.id))
    lanes.push(part === undefined ? createLane(sink, report) : createOutboxLane(sink, part, folder, report))
  }
  return { lanes, files, fileLane, faults, release }
}

/** Two sinks of one receiver, each with its rules, must not take each other's messages. */
function ownName(names: Set<string>, id: string): string {
  let name = id
  for (let n = 2; names.has(name); n += 1) name = `${id}-${n}`
  names.add(name)
  return name
}
