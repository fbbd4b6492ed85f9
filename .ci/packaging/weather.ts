import { readFile } from 'node:fs/promises'
import { startRunspan } from '@runspan/node'
import { currentRun, runStep, trackStep, trackWorkflow } from '@runspan/sdk'

const parseDay = (line = '') => {
  const [date = '', rain = '0'] = line.split(',')
  return { month: date.slice(0, 7), rain: Number(rain) }
}

const read = trackStep('read', { retry: 1, target: (path) => path }, async (path = '') => {
  const text = await readFile(path, 'utf8')
  return text.trim().split('\n').slice(1)
})

const weather = trackWorkflow('weather', { version: '1.0.0', title: 'Rain by month' }, async (path = '') => {
  const days = (await read(path)).map(parseDay)
  return runStep('sum', async (step) => {
    const months = new Map([['', 0]])
    for (const day of days) months.set(day.month, (months.get(day.month) ?? 0) + day.rain)
    step.progress(1)
    return { key: currentRun().runKey, months: months.size - 1 }
  })
})

async function main() {
  const runspan = startRunspan({ serviceName: 'weather' })
  const { key, months } = await weather(String(process.argv[2]))
  await runspan.shutdown()
  console.log(JSON.stringify({ key, months }))
}

main()
