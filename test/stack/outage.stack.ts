import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ServedRun, servedDocument, servedRuns, withoutProvenance, writtenDocuments } from './documents.js'
import { eventually, runProgram } from './program.js'
import { startReceivers } from './set-up.js'
import { type RunspanServer, root, type Site, startTelemetry, type Telemetry } from './stack.js'

/** How long the Runspan collector stays away; a longer outage shows nothing more, it only takes longer. */
const OUTAGE_MS = Number(process.env.RUNSPAN_STACK_OUTAGE_MS ?? 3_000)
/** The Collector's longest pause between two tries, after an outage. */
const MAX_PAUSE_MS = 30_000
const STEPS = 5

let site: Site
let runspan: RunspanServer
let telemetry: Telemetry
beforeEach(async () => {
  ;({ site, runspan, telemetry } = await startReceivers())
})
afterEach(() => site.close())

function startStream(runs: number, pauseMs: number) {
  const env = { RUNSPAN_RESULTS_DIR: join(site.folder, 'results'), RUNSPAN_ENDPOINT: telemetry.otlp }
  return site.start(process.execPath, [join(root, 'test/stack/workloads/stream.mjs'), `${runs}`, `${pauseMs}`], { env })
}

/** Every run, once each has come with all its steps. */
function allRuns(count: number): Promise<ServedRun[]> {
  return eventually(
    `${count} complete runs at the Runspan collector`,
    async () => {
      const runs = await servedRuns(runspan.url, 'stream')
      const complete = runs.filter(({ outcome, steps }) => outcome !== 'running' && steps?.finished === STEPS)
      return complete.length >= count && runs
    },
    OUTAGE_MS + MAX_PAUSE_MS + 30_000,
  )
}

/** The same runs, with the same documents, as the program itself wrote. */
async function expectTheSame(runs: readonly ServedRun[], count: number): Promise<void> {
  const written = await writtenDocuments(join(site.folder, 'results'), 'stream')
  expect(written).toHaveLength(count)
  expect(runs.map(({ key }) => key).sort()).toEqual(written.map(({ run }) => run.key).sort())
  for (const document of written) {
    const served = await servedDocument(runspan.url, document.run.key)
    expect(withoutProvenance(served!)).toEqual(withoutProvenance(document))
  }
}

/** Waits until a program has printed this many lines. */
const printed = (program: { output(): string }, lines: number) =>
  eventually(`${lines} lines`, () => program.output().split('\n').length > lines)

describe('nothing is lost', () => {
  it('when the Collector is killed in mid-stream and starts again', async () => {
    const stream = startStream(120, 20)
    await printed(stream, 40)
    await telemetry.stop('SIGKILL')
    await printed(stream, 60)
    telemetry = await telemetry.again()
    expect(await stream.ended).toBe(0)
    expect(stream.output()).toContain(`sent ${120 * (STEPS + 1)} lost 0`)
    await expectTheSame(await allRuns(120), 120)
  })

  it('when the Runspan collector is away for a while, and the Collector is killed meanwhile', async () => {
    await runspan.stop('SIGKILL')
    const stream = startStream(100, 0)
    expect(await stream.ended).toBe(0)
    expect(stream.output()).toContain(`sent ${100 * (STEPS + 1)} lost 0`)
    await eventually('a try that failed', () => telemetry.output().includes('Will retry the request'))
    await telemetry.stop('SIGKILL')
    telemetry = await telemetry.again()
    // An outage is a length of time: there is nothing to wait for but its end.
    await wait(OUTAGE_MS)
    runspan = await runspan.again()
    await expectTheSame(await allRuns(100), 100)
  })

  it('when one run goes through two Collectors', async () => {
    const second = await startTelemetry(site, { runspan: runspan.url }, 'second')
    const { code, output } = await runProgram(process.execPath, [join(root, 'test/stack/workloads/two-hosts.mjs')], {
      env: {
        RUNSPAN_RESULTS_DIR: join(site.folder, 'results'),
        RUNSPAN_ENDPOINT: telemetry.otlp,
        SECOND_ENDPOINT: second.otlp,
      },
    })
    expect([code, output.split('\n').length]).toEqual([0, 2])
    const document = await eventually('the document', async () => {
      const found = await servedDocument(runspan.url, output.trim())
      return found?.statuses.length === 4 && found.run.outcome === 'success' && found
    })
    const [here, call] = document.steps
    expect([here?.name, call?.name, call?.steps[0]?.name, call?.steps[0]?.steps[0]?.name]).toEqual([
      'here',
      'call',
      'far away',
      'still farther',
    ])
  })
})
