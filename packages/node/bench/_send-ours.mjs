// Steps that are tracked and sent; what the process took is printed.
import { startRunspan } from '@runspan/node'
import { runWorkflow, trackStep } from '@runspan/sdk'
import { pause, RUNS, report, STEPS, work } from './_workload.mjs'

const runspan = startRunspan()
const step = trackStep('step', { target: 'there' }, work)
for (let run = 0; run < RUNS; run += 1) {
  await runWorkflow('bench', { target: 'there' }, async () => {
    for (let n = 0; n < STEPS; n += 1) await step(n)
  })
  await pause()
}
await runspan.shutdown()
report()
