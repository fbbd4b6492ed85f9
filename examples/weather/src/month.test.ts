import { describe, expect, it } from 'vitest'
import { drawChart, niceRange } from './chart.js'
import type { CleanDay } from './day.js'
import { groupByDate, type Month, snowInLastYear, toMonth } from './month.js'
import { yearTable } from './table.js'

const days: CleanDay[] = [
  { date: '2012-01-01', precipitation: 0, temp_max: 10, temp_min: 4, wind: 1, weather: 'sun' },
  { date: '2012-01-02', precipitation: 10.15, temp_max: 5, temp_min: -2, wind: 2, weather: 'snow' },
  { date: '2012-02-01', precipitation: 1, temp_max: 8, temp_min: 3, wind: 3, weather: 'unclear' },
  { date: '2013-01-01', precipitation: 2, temp_max: 8, temp_min: 3, wind: 3, weather: 'rain' },
]
const months = [...groupByDate(days, 7)].map(([month, ofMonth]) => toMonth(month, ofMonth))

describe('months', () => {
  it('hold means, sums and counts of their days', () => {
    expect(months.map(({ month }) => month)).toEqual(['2012-01', '2012-02', '2013-01'])
    expect(months[0]).toEqual({
      month: '2012-01',
      days: 2,
      temp_max: 7.5,
      temp_mean: 4.25,
      temp_min: 1,
      precipitation: 10.15,
      wet_days: 1,
      snow_days: 1,
      wind: 1.5,
    })
  })

  it('with snow are looked for in the last year only', () => {
    expect(snowInLastYear(months)).toEqual({ year: '2013', months: [] })
    expect(snowInLastYear(months.slice(0, 2)).months.map(({ month }) => month)).toEqual(['2012-01'])
    expect(snowInLastYear([])).toEqual({ year: '', months: [] })
  })

  it('are a line per year for people', () => {
    expect(yearTable(months)).toEqual([
      'year  high °C  low °C  rain mm  wet days  snow days  wettest month',
      '2012      7.7     1.7       11         2          1        2012-01',
      '2013      8.0     3.0        2         1          0        2013-01',
    ])
  })
})

describe('the chart', () => {
  it('has round numbers at its axes, below and above all values', () => {
    expect(niceRange([0.8, 28.1])).toEqual([0, 10, 20, 30])
    expect(niceRange([-3, 28.1])).toEqual([-10, 0, 10, 20, 30])
    expect(niceRange([0, 284.5])).toEqual([0, 100, 200, 300])
    expect(niceRange([5, 5])).toEqual([5, 5.5, 6])
  })

  it('draws a bar per month, one line of means, and names the extremes', () => {
    const svg = drawChart(months)
    expect(svg.match(/<rect[^>]*><title>/g)).toHaveLength(3)
    expect(svg.match(/<polyline points="([^"]*)"/)?.[1]?.split(' ')).toHaveLength(3)
    expect(svg).toContain('>Weather in Seattle, 2012 to 2013<')
    expect(svg).toContain('>10.15 mm<')
    expect(svg).toContain('>8.0 °C<')
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  })

  it('puts a greater value higher', () => {
    const [wet, dry]: [Month, Month] = [months[0]!, months[1]!]
    const tops = [...drawChart([wet, dry]).matchAll(/<rect x="[^"]*" y="([^"]*)"[^>]*><title>/g)].map(([, y]) =>
      Number(y),
    )
    expect(tops[0]).toBeLessThan(tops[1]!)
  })
})
