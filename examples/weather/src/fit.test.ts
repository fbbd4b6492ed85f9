import { expect, test } from 'vitest'
import { fitFacts } from './fit.js'
import type { Month } from './month.js'
import { yearTable } from './table.js'

const FACTS = [
  ['document', '/data/results/weather/01a1ff32-637b-7039-87fb-932384bb22b9.json'],
  ['success rate', '100.0 % of 1 run: 1 / (1 succeeded + 0 failed)'],
] as const

test('facts that fit stand side by side', () => {
  expect(fitFacts(FACTS, 80)).toEqual([
    'document      /data/results/weather/01a1ff32-637b-7039-87fb-932384bb22b9.json',
    'success rate  100.0 % of 1 run: 1 / (1 succeeded + 0 failed)',
  ])
})

test('a value that does not fit goes on under where it began, and no word is broken', () => {
  expect(fitFacts(FACTS, 50)).toEqual([
    'document      /data/results/weather/01a1ff32-637b-7039-87fb-932384bb22b9.json',
    'success rate  100.0 % of 1 run: 1 / (1 succeeded +',
    '              0 failed)',
  ])
})

test('in a narrow window values stand under their names', () => {
  expect(fitFacts(FACTS, 40)).toEqual([
    'document',
    '  /data/results/weather/01a1ff32-637b-7039-87fb-932384bb22b9.json',
    'success rate',
    '  100.0 % of 1 run: 1 / (1 succeeded + 0',
    '  failed)',
  ])
})

test('the table leaves out the columns on its right that have no room', () => {
  const month = { days: 31, temp_max: 7, temp_mean: 4, temp_min: 1, precipitation: 9, wet_days: 2, snow_days: 0 }
  const months = [{ ...month, month: '2012-01' }] as unknown as Month[]
  expect(yearTable(months, 80)[0]).toMatch(/wettest month$/)
  expect(yearTable(months, 40)).toEqual([
    'year  high °C  low °C  rain mm  wet days',
    '2012      7.0     1.0        9         2',
  ])
  for (const line of yearTable(months, 20)) expect(line.length).toBeLessThanOrEqual(20)
})
