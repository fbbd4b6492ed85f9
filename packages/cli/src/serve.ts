import { type Collector, type DropReason, isCollectorError, startCollector } from '@runspan/collector'
import { CliError, SIGNAL_EXIT } from './cli-error.js'
import { resolveServe, type ServeFlags } from './config.js'
import { note, type Output } from './output.js'

/** Receives runs until a signal comes; gives the exit code. */
export async function serve(flags: ServeFlags, output: Output): Promise<number> {
  const settings = resolveServe(flags)
  if (/^postgres(ql)?:/.test(settings.store)) {
    throw new CliError(
      'usage',
      `The store is ${JSON.stringify(settings.store)}; only a SQLite file can be a store so far.`,
    )
  }
  const collector = await start({ ...settings, onDrop: reportFirst() })
  announce(collector, output)
  const signal = await nextSignal()
  await collector.close()
  const { stored, dropped } = collector.counters
  const lost = Object.entries(dropped).filter(([, count]) => count > 0)
  const counts = lost.map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`).join(', ')
  note(`closed after ${stored} records${counts === '' ? '' : `; not kept: ${counts}`}`)
  return SIGNAL_EXIT[signal]
}

async function start(options: Parameters<typeof startCollector>[0]): Promise<Collector> {
  try {
    return await startCollector(options)
  } catch (error) {
    if (!isCollectorError(error)) throw error
    throw new CliError(error.code === 'invalid_option' ? 'usage' : 'unreachable', error.message, { cause: error })
  }
}

function announce(collector: Collector, output: Output): void {
  const facts = [
    // As RUNSPAN_ENDPOINT and OTEL_EXPORTER_OTLP_ENDPOINT take it: programs add the path themselves.
    ['otlp', collector.url],
    ['runs', `${collector.url}/api/runs`],
    ['store', collector.store],
  ] as const
  if (output.form === 'json') output.line(JSON.stringify(Object.fromEntries(facts)))
  else if (output.form === 'pipe') for (const [name, value] of facts) output.line(`${name}\t${value}`)
  else {
    for (const [name, value] of facts) output.line(`${name.padEnd(8)}${value}`)
    note('listening; end with Ctrl-C')
  }
}

/** Says the first of each kind of drop; the rest is counted, and said at the end. */
function reportFirst(): (reason: DropReason, count: number, message: string) => void {
  const said = new Set<DropReason>()
  return (reason, _count, message) => {
    if (said.has(reason)) return
    said.add(reason)
    note(`${message} (further ones are counted: /metrics)`)
  }
}

/** Waits for the first signal; the second one ends the process as if nobody listened. */
function nextSignal(): Promise<keyof typeof SIGNAL_EXIT> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
}
