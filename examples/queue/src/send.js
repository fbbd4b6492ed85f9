// Takes an order and waits for its invoice: node send.js ORDER.json
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { startRunspan } from '@runspan/node'
import { currentStep, headers, runStep, trackStep, trackWorkflow } from '@runspan/sdk'
import { openQueue, QUEUE } from './queue.js'

const [file] = process.argv.slice(2)
if (file === undefined) {
  console.error('Usage: node send.js ORDER.json')
  process.exit(2)
}

const runspan = startRunspan({ serviceName: 'orders' })
const boss = await openQueue()

const order = trackWorkflow('order', { version: '1.0.0' }, async (path) => {
  const wanted = await runStep('read', { target: path }, async () => JSON.parse(await readFile(path, 'utf8')))
  await check(wanted)
  return invoice(wanted)
})

const check = trackStep('check', { errorCode: 400 }, (wanted) => {
  if (!(wanted.lines?.length > 0)) throw new Error('the order has no lines')
})

const invoice = trackStep('invoice', async (wanted) => {
  // `headers()` is all that the worker needs to add its steps to this run.
  const id = await boss.send(QUEUE, { order: wanted, carrier: headers() })
  currentStep().set({ 'messaging.message.id': id })
  for (;;) {
    const job = await boss.getJobById(QUEUE, id)
    if (job.state === 'completed') return job.output
    if (job.state === 'failed') throw new Error(job.output?.message ?? 'the worker failed')
    await wait(100)
  }
})

try {
  await order(file).then((output) => console.log(output.file))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
await boss.stop({ graceful: false })
await runspan.shutdown()
