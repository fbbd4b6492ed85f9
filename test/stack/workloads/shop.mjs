// A small shop's day: two workflows that go well and badly in every way, and one that stays open until a signal comes.
// Prints `ready` once everything has left.
import { setTimeout as wait } from 'node:timers/promises'
import { startRunspan } from '@runspan/node'
import { currentRun, runStep, trackWorkflow } from '@runspan/sdk'

const runspan = startRunspan({ serviceName: 'shop' })

const orders = trackWorkflow('orders', async (index) => {
  await runStep('reserve', () => wait(2))
  let tries = 0
  await runStep('charge', { retry: { maxRetries: 2, delay: 1 } }, () => {
    tries += 1
    if (index % 5 === 0 && tries === 1) throw new Error('the bank is busy')
    if (index % 8 === 7) throw new RangeError('the card is empty')
  })
  await runStep('pack', { timeout: index % 12 === 2 ? 5 : 5_000 }, () => wait(index % 12 === 2 ? 200 : 1))
  await runStep('ship', () => {
    if (index % 12 === 5) throw new TypeError('no address')
  })
})

const report = trackWorkflow('report', async (index) => {
  await runStep('collect', () => wait(30))
  await runStep('mail', (step) => {
    if (index > 0) step.skip('nobody wants it')
  })
})

const watch = trackWorkflow('watch', (until) => until)

let close
const open = watch(new Promise((resolve) => (close = resolve)))
for (let index = 0; index < 24; index += 1) await orders(index).catch(() => undefined)
for (let index = 0; index < 3; index += 1) await report(index)
await runspan.forceFlush()
process.stdout.write('ready\n')
process.once('SIGTERM', close)
const alive = setInterval(() => currentRun(), 1_000)
await open
clearInterval(alive)
await runspan.shutdown()
