// What both programs do: 1,000 runs of 99 steps, 100,000 spans, at most twenty thousand of them a second.
import { writeSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

export const RUNS = 1_000
export const STEPS = 99

export const work = async (n) => n + 1

export const pause = () => setTimeout(5)

/** Milliseconds that all of the process took, its start included. */
export function report() {
  const { user, system } = process.cpuUsage()
  writeSync(1, String((user + system) / 1_000))
}
