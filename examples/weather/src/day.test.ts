import { csvParse } from 'd3-dsv'
import { describe, expect, it } from 'vitest'
import { cleanDays, type Day, doubtOf, readDay } from './day.js'
import { corrupt, readSource } from './source.js'

const row = { date: '2012-01-01', precipitation: '0.0', temp_max: '12.8', temp_min: '5.0', wind: '4.7', weather: 'sun' }
const day: Day = { date: '2012-01-01', precipitation: 0, temp_max: 12.8, temp_min: 5, wind: 4.7, weather: 'sun' }

describe('a row of the file', () => {
  it('becomes a day with numbers', () => {
    expect(readDay(row)).toEqual({ day })
  })

  it.each([
    ['date', '2012-02-30'],
    ['precipitation', ''],
    ['precipitation', '-1'],
    ['temp_max', 'n/a'],
    ['temp_min', '600'],
    ['wind', undefined],
    ['weather', 'hail'],
  ])('is refused when its %s is %j, and the fault names both', (column, value) => {
    const read = readDay({ ...row, [column]: value })
    expect('fault' in read && read.fault).toContain(`${column} is ${JSON.stringify(value)}`)
  })
})

describe('a day', () => {
  it.each<[Partial<Day>, string | undefined]>([
    [{}, undefined],
    [{ weather: 'rain' }, 'rain without precipitation'],
    [{ weather: 'rain', precipitation: 0.3 }, undefined],
    [{ weather: 'snow', temp_min: 3.3 }, 'snow above 3 °C'],
    [{ weather: 'snow', temp_min: 3 }, undefined],
    [{ temp_min: 13 }, 'night warmer than day'],
  ])('with %j is doubted as: %s', (change, doubt) => {
    expect(doubtOf({ ...day, ...change })).toBe(doubt)
  })

  it('that contradicts itself keeps its measurements and loses its word', () => {
    expect(cleanDays([{ ...day, weather: 'rain' }])).toEqual([{ ...day, weather: 'unclear' }])
  })

  it('comes once, in order of time; the later line of a date wins', () => {
    const later = { ...day, date: '2012-01-02' }
    expect(cleanDays([later, { ...day, wind: 1 }, day])).toEqual([day, later])
  })
})

describe('the real file', () => {
  it('has 1,461 days that can be read; 44 contradict themselves by dry rain and 2 by warm snow', async () => {
    const reads = csvParse(await readSource()).map(readDay)
    const days = reads.flatMap((read) => ('day' in read ? [read.day] : []))
    expect([reads.length, days.length]).toEqual([1461, 1461])
    const doubts = days.map(doubtOf)
    expect(doubts.filter((doubt) => doubt === 'rain without precipitation')).toHaveLength(44)
    expect(doubts.filter((doubt) => doubt === 'snow above 3 °C')).toHaveLength(2)
    expect(doubts.filter((doubt) => doubt !== undefined)).toHaveLength(46)
  })

  it('is read wrong from its middle on when its decimal points became commas', async () => {
    const faults = csvParse(corrupt(await readSource())).map((each) => 'fault' in readDay(each))
    expect(faults.indexOf(true)).toBe(730)
    expect(faults.filter(Boolean)).toHaveLength(731)
  })
})
