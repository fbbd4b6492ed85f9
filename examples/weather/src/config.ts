import { join, resolve } from 'node:path'
import { type LiveStyle, type TerminalEnv, useColour, useUtf8 } from '@runspan/results/terminal'

/** Where things go, and how they are to look. */
export interface Config {
  /** The folder with a document per run of this workflow; undefined when no documents are wanted. */
  readonly documents: string | undefined
  /** The folder for the collector's store; undefined when no documents are wanted. */
  readonly store: string | undefined
  /** A collector that is already there; undefined when this process is to have one of its own. */
  readonly endpoint: string | undefined
  /** The folder for the table and the chart. */
  readonly output: string
  readonly style: LiveStyle
}

/** Reads the environment; the only place that does. */
export function resolveConfig(screen: NodeJS.WriteStream, env: TerminalEnv = process.env): Config {
  const results = env.RUNSPAN_RESULTS_DIR || 'results'
  const keeps = results !== 'none'
  return {
    documents: keeps ? resolve(results, 'weather') : undefined,
    endpoint: env.RUNSPAN_ENDPOINT || undefined,
    store: keeps ? resolve(results, '.runspan') : undefined,
    output: join(resolve(keeps ? results : 'results'), 'weather-output'),
    style: {
      colour: useColour({ env, isTTY: screen.isTTY === true }),
      utf8: useUtf8(env),
      // A window can be resized while we run; a pipe cuts nothing.
      get width() {
        return screen.isTTY ? (screen.columns ?? 80) : Number.POSITIVE_INFINITY
      },
      get rows() {
        return screen.rows ?? 24
      },
    },
  }
}
