const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** What is to be done when the process comes to its end. */
export interface ExitHooks {
  /** There is nothing left to do, but time: may be called again when it gives the process more to do. */
  readonly onIdle: () => void
  /** The last moment: only what needs no waiting. */
  readonly onExit: () => void
}

/**
 * Watches for the end of the process without changing it: exit codes, signals and what is printed stay the same. A
 * signal that the program handles itself is left to it.
 *
 * @returns a function that stops watching.
 */
export function watchExit(hooks: ExitHooks): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (process.listenerCount(signal) > 1) return
    hooks.onExit()
    stop()
    process.kill(process.pid, signal)
  }
  const stop = () => {
    process.off('beforeExit', hooks.onIdle)
    process.off('exit', hooks.onExit)
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  process.on('beforeExit', hooks.onIdle)
  process.on('exit', hooks.onExit)
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return stop
}
