import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { currentStep, runStep, trackStep, trackWorkflow } from '@runspan/sdk'
import { csvFormat, csvParse } from 'd3-dsv'
import { drawChart } from './chart.js'
import { type CleanDay, cleanDays, type Day, doubtOf, type Row, readDay } from './day.js'
import { download, isTemporary } from './download.js'
import { groupByDate, type Month, snowInLastYear, toMonth } from './month.js'

const BAD_ROWS_ALLOWED = 0.01

/** From a file somewhere on the web to a table and a chart in a folder. Gives the months of the table. */
export const weather = trackWorkflow(
  'weather',
  { version: '1.0.0', title: 'Seattle weather' },
  async (source: URL, folder: string): Promise<Month[]> => {
    const csv = await fetchCsv(source)
    const rows = await runStep('parse', () => csvParse(csv))
    const days = await validate(rows)
    const clean = await runStep('clean', () => cleanDays(days))
    const months = await aggregate(clean)
    snowAlert(months)
    await publish(months, folder)
    return months
  },
)

const fetchCsv = trackStep(
  'fetch',
  { target: (url) => url.pathname, retry: { maxRetries: 3, delay: '200ms', when: isTemporary } },
  async (url: URL) => {
    const step = currentStep()
    return download(url, step.signal, (part) => step.progress(part))
  },
)

const validate = trackStep('validate', { errorCode: 422 }, async (rows: readonly Row[]) => {
  const step = currentStep()
  const days: Day[] = []
  const faults: string[] = []
  const doubts = new Map<string, string[]>()
  for (const [index, row] of rows.entries()) {
    const read = readDay(row)
    if ('fault' in read) {
      faults.push(`line ${index + 2}: ${read.fault}`) // the header is line 1
      continue
    }
    days.push(read.day)
    const doubt = doubtOf(read.day)
    if (doubt !== undefined) doubts.set(doubt, [...(doubts.get(doubt) ?? []), read.day.date])
    if (index % 100 === 0) {
      step.progress(index / rows.length)
      await breathe() // lets the screen be drawn
    }
  }
  for (const [doubt, dates] of doubts) step.warn(`${dates.length} days with ${doubt}, the first on ${dates[0]}`)
  if (faults.length > rows.length * BAD_ROWS_ALLOWED) {
    throw new Error(`${faults.length} of ${rows.length} rows cannot be read; ${faults[0]}`)
  }
  if (days.length === 0) throw new Error('the file has no rows')
  if (faults.length > 0) step.warn(`${faults.length} rows were left out; ${faults[0]}`)
  return days
})

const aggregate = trackStep('aggregate', async (days: CleanDay[]) => {
  const years = await Promise.all([...groupByDate(days, 4)].map(([year, ofYear]) => aggregateYear(year, ofYear)))
  return years.flat()
})

function aggregateYear(year: string, days: CleanDay[]): Promise<Month[]> {
  return runStep('year', { title: year }, async () => {
    const months: Month[] = []
    for (const [month, ofMonth] of groupByDate(days, 7)) {
      months.push(toMonth(month, ofMonth))
      await breathe() // lets the other years in between
    }
    return months
  })
}

const snowAlert = trackStep('snow alert', (months: Month[]) => {
  const snow = snowInLastYear(months)
  if (snow.months.length === 0) return currentStep().skip(`no snow in ${snow.year}`)
  currentStep().warn(`snow in ${snow.months.map(({ month }) => month).join(', ')}`)
})

const publish = trackStep('publish', { target: (_, folder) => folder }, async (months: Month[], folder: string) => {
  await mkdir(folder, { recursive: true })
  await Promise.all([
    writeFile(join(folder, 'months.csv'), `${csvFormat(months)}\n`),
    writeFile(join(folder, 'chart.svg'), drawChart(months)),
  ])
})
