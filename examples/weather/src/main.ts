import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startRunspan } from '@runspan/node'
import { resolveConfig } from './config.js'
import { HOW_TO } from './how-to.js'
import type { Month } from './month.js'
import { pathName } from './path-name.js'
import { reportRun } from './report.js'
import { openSecondRoad } from './second-road.js'
import { startServer } from './server.js'
import { corrupt, readSource } from './source.js'
import { yearTable } from './table.js'
import { watchRun } from './watch.js'
import { weather } from './weather.js'

const USAGE = `Usage: npm start [-- --broken]

  --broken  feed the pipeline a corrupted file, to see a run that fails
  --help    show this`

const EXIT = { well: 0, failed: 1, usage: 2, unwritten: 3 } as const

async function main(args: string[]): Promise<number> {
  const options = readOptions(args)
  if (typeof options === 'string') {
    console.error(`${options}\n\n${USAGE}`)
    return EXIT.usage
  }
  if (options.help) {
    console.log(USAGE)
    return EXIT.well
  }

  const config = resolveConfig(process.stdout)
  const csv = await readSource()
  const server = await startServer(options.broken ? corrupt(csv) : csv)
  const road = await openSecondRoad(config)
  const runspan = startRunspan({ serviceName: 'weather', endpoint: road.url })
  const watch = watchRun(config.style)
  const result = await settle(weather(server.url, config.output))
  const run = watch.stop()
  await server.close()
  await runspan.shutdown()

  if ('months' in result) {
    console.log(['', ...yearTable(result.months, config.style.width), '', ...files(config.output)].join('\n'))
  }
  if (run === undefined) {
    await road.close()
    if ('error' in result) console.error(result.error)
    console.error('Nothing was tracked: RUNSPAN_DISABLED or OTEL_SDK_DISABLED is set.')
    return 'error' in result ? EXIT.failed : EXIT.well
  }
  const { lines, problem } = await reportRun(run, config, road)
  await road.close()
  console.log(['', ...lines, '', 'The same for your own function:', ...HOW_TO.map((line) => `  ${line}`)].join('\n'))
  if (problem !== undefined) console.error(problem)
  if ('error' in result) return EXIT.failed
  return problem === undefined ? EXIT.well : EXIT.unwritten
}

function readOptions(args: string[]): { broken: boolean; help: boolean } | string {
  try {
    const { values } = parseArgs({ args, options: { broken: { type: 'boolean' }, help: { type: 'boolean' } } })
    return { broken: values.broken ?? false, help: values.help ?? false }
  } catch (error) {
    return (error as Error).message
  }
}

/** A failed run is an answer too: its document and the summary say what failed. */
async function settle(run: Promise<Month[]>): Promise<{ months: Month[] } | { error: unknown }> {
  try {
    return { months: await run }
  } catch (error) {
    return { error }
  }
}

function files(folder: string): string[] {
  return ['months.csv', 'chart.svg'].map((name) => `wrote ${pathName(join(folder, name))}`)
}

// `npm start | head -1` closes the pipe early; the run goes on without it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await main(process.argv.slice(2))
