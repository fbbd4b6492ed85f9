// Runs after runs of five steps, one every few milliseconds: node stream.mjs RUNS [PAUSE_MS]. Every fourth run fails.
// Prints the key of each run when it has ended, and at the end `sent N lost N`: spans, once all of them have left.
import { setTimeout as wait } from 'node:timers/promises'
import { startRunspan } from '@runspan/node'
import { currentRun, runStep, trackWorkflow } from '@runspan/sdk'

const [runs, pause] = process.argv.slice(2).map(Number)
const runspan = startRunspan({ serviceName: 'stream' })

const stream = trackWorkflow('stream', async (index) => {
  process.stdout.write(`${currentRun().runKey}\n`)
  for (const name of ['read', 'clean', 'join', 'write']) await runStep(name, () => undefined)
  await runStep('publish', () => {
    if (index % 4 === 3) throw new RangeError(`shelf ${index} is full`)
  })
})

for (let index = 0; index < runs; index += 1) {
  await stream(index).catch(() => undefined)
  if (pause > 0) await wait(pause)
}
// Beside the six spans of each run there are none. An outage may outlast one flush.
for (let tries = 0; tries < 30 && runspan.status().spans.sent < runs * 6; tries += 1) {
  await runspan.forceFlush()
  await wait(200)
}
const { sent, lost } = runspan.status().spans
process.stdout.write(`sent ${sent} lost ${lost}\n`)
await runspan.shutdown()
