import { memorySink } from '@runspan/exporter'
import type { DetailedDocument } from '@runspan/results/core'
import { readConfig } from '../config.js'
import { createSpeaker } from '../say.js'
import { claimStart, currentStart } from '../started.js'
import { wire } from '../wire.js'

/** The runs that were tracked since `captureRuns` was called. */
export interface CapturedRuns {
  /** All runs that have ended, and those that have gone on for a second, in the order in which they were heard of. */
  runs(): readonly DetailedDocument[]
  /** Steps that were called outside any run. */
  looseSteps(): readonly DetailedDocument[]
  /**
   * The only run, or the latest of that name.
   *
   * @throws Error that says which runs there are.
   */
  run(name?: string): DetailedDocument
  /** The first finished run of that name, or that passes the test; rejects after `timeoutMs`, 5 s unless given. */
  waitFor(test?: string | ((document: DetailedDocument) => boolean), timeoutMs?: number): Promise<DetailedDocument>
  /** Forgets what was captured so far. */
  clear(): void
  /** Stops capturing; must be called before anything else is started. */
  stop(): Promise<void>
}

/**
 * Tracks everything in this process into memory: no files, nothing sent, whatever the environment says. A
 * `startRunspan()` that the code under test calls meanwhile is ignored.
 *
 * @throws Error when a provider of OpenTelemetry is registered already, or when all tracking is switched off.
 */
export function captureRuns(): CapturedRuns {
  if (readConfig().disabled) {
    throw new Error('captureRuns() can capture nothing: RUNSPAN_DISABLED or OTEL_SDK_DISABLED is on; unset it.')
  }
  const memory = memorySink()
  const speaker = createSpeaker()
  const before = currentStart()
  const handle = before
    ? undefined
    : wire({ results: false, sinks: [memory], serviceName: 'test' }, readConfig({}), speaker, () => claimed?.release())
  if (handle === undefined) {
    throw new Error(
      'captureRuns() found OpenTelemetry in use already; call it before startRunspan(), or stop what was started before.',
    )
  }
  const claimed = claimStart({ runspan: handle, again: () => undefined })
  const named = (name: string | undefined) =>
    memory.documents().filter(({ run }) => name === undefined || run.name === name)
  return {
    runs: memory.documents,
    looseSteps: memory.looseSteps,
    run(name) {
      const found = named(name)
      const run = found.at(-1)
      if (run !== undefined && (name !== undefined || found.length === 1)) return run
      const all = memory.documents().map((document) => `'${document.run.name}' (${document.run.outcome})`)
      const wanted = name === undefined ? 'exactly one run' : `a run of '${name}'`
      throw new Error(`expected ${wanted}; captured: ${all.join(', ') || 'nothing'}`)
    },
    waitFor: memory.waitFor,
    clear: memory.clear,
    stop: handle.shutdown,
  }
}
