import type { TrackerEvent } from './events.js'
import { PipelineStatusTracker, type TrackerOptions } from './tracker.js'

/** A pipeline of three tasks. */
export const PIPELINE = { id: 'p1', name: 'Pipe', tasks: ['a', 'b', 'c'] }

/** A tracker with a clock to be moved, and everything that its handlers heard. */
export function setUp(options: TrackerOptions = {}) {
  const clock = { time: 1_700_000_000_000 }
  const faults: [unknown, TrackerEvent][] = []
  const events: unknown[][] = []
  const tracker = new PipelineStatusTracker({
    now: () => clock.time,
    onError: (error, event) => faults.push([error, event]),
    ...options,
  })
  tracker.registerStatusHandler((...told) => events.push(['status', ...told]))
  tracker.registerTaskHandler((...told) => events.push(['task', ...told]))
  return { tracker, clock, faults, events }
}
