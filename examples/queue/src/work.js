// Writes invoices until SIGTERM comes: node work.js FOLDER
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startRunspan } from '@runspan/node'
import { continueRun, runStep, trackStep } from '@runspan/sdk'
import { openQueue, QUEUE } from './queue.js'

const [folder = 'invoices'] = process.argv.slice(2)
await mkdir(folder, { recursive: true })

const runspan = startRunspan({ serviceName: 'invoices' })
const boss = await openQueue()

const write = trackStep('write invoice', async (order) => {
  const text = await runStep('render', () => render(order))
  const file = join(folder, `${order.number}.txt`)
  await runStep('save', { target: file }, () => writeFile(file, text))
  return { file }
})

function render({ number, lines }) {
  const rows = lines.map(({ name, pieces, price }) => {
    if (!(pieces > 0 && price >= 0)) throw new RangeError(`'${name}' has ${pieces} pieces at ${price}`)
    return [name, pieces, (pieces * price).toFixed(2)]
  })
  const total = rows.reduce((sum, [, , amount]) => sum + Number(amount), 0)
  return [`Invoice ${number}`, ...rows.map((row) => row.join('\t')), `Total\t\t${total.toFixed(2)}`, ''].join('\n')
}

await boss.work(QUEUE, { pollingIntervalSeconds: 0.5 }, async ([job]) =>
  continueRun(job.data.carrier, () => write(job.data.order)),
)
console.log('waiting for orders')

process.once('SIGTERM', async () => {
  await boss.stop({ wait: true, timeout: 5_000 })
  await runspan.shutdown()
})
