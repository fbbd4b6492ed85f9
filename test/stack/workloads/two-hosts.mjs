// One run in two processes that send to different Collectors: node two-hosts.mjs, with SECOND_ENDPOINT for the child.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startRunspan } from '@runspan/node'
import { currentRun, runStep, runWorkflow } from '@runspan/sdk'

const runspan = startRunspan({ serviceName: process.env.SECOND_ENDPOINT === undefined ? 'second-host' : 'first-host' })

if (process.env.SECOND_ENDPOINT === undefined) {
  await runStep('far away', () => runStep('still farther', () => undefined))
} else {
  await runWorkflow('two_hosts', async () => {
    process.stdout.write(`${currentRun().runKey}\n`)
    await runStep('here', () => undefined)
    await runStep('call', async () => {
      const env = runspan.childEnv({ ...process.env, RUNSPAN_ENDPOINT: process.env.SECOND_ENDPOINT })
      delete env.SECOND_ENDPOINT
      const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { env, stdio: 'inherit' })
      await once(child, 'close')
    })
  })
}
await runspan.shutdown()
