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
 * signal that the program handles itself is left to it. Ours stays the first listener: one that was added with `once` is
 * gone as soon as it was called, and must still be seen.
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
  const keepFirst = (name: string | symbol, listener: unknown) => {
    const signal = SIGNALS.find((one) => one === name)
    if (signal === undefined || listener === onSignal) return
    process.nextTick(() => {
      if (!process.listeners(signal).includes(onSignal)) return
      process.off(signal, onSignal)
      process.prependListener(signal, onSignal)
    })
  }
  const stop = () => {
    process.off('newListener', keepFirst)
    process.off('beforeExit', hooks.onIdle)
    process.off('exit', hooks.onExit)
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  process.on('beforeExit', hooks.onIdle)
  process.on('exit', hooks.onExit)
  for (const signal of SIGNALS) process.prependListener(signal, onSignal)
  process.on('newListener', keepFirst)
  return stop
}
