import type { Month } from './month.js'

const COLUMNS = ['year', 'high °C', 'low °C', 'rain mm', 'wet days', 'snow days', 'wettest month'] as const

/** The months in short: a line per year, for people, with as many columns as there is room for. */
export function yearTable(months: readonly Month[], width = Number.POSITIVE_INFINITY): string[] {
  const years = [...new Set(months.map(({ month }) => month.slice(0, 4)))]
  const rows = years.map((year) =>
    toCells(
      year,
      months.filter(({ month }) => month.startsWith(year)),
    ),
  )
  const lines = [COLUMNS, ...rows].map((cells) => cells.map((cell, i) => cell.padStart(COLUMNS[i]!.length)))
  const room = COLUMNS.findLastIndex((_, last) => COLUMNS.slice(0, last + 1).join('  ').length <= width) + 1
  return lines.map((cells) => cells.slice(0, room).join('  '))
}

function toCells(year: string, months: readonly Month[]): string[] {
  const sum = (of: (month: Month) => number) => months.reduce((total, month) => total + of(month), 0)
  const days = sum((m) => m.days)
  const mean = (of: (month: Month) => number) => sum((m) => of(m) * m.days) / days
  const wettest = months.reduce((a, b) => (b.precipitation > a.precipitation ? b : a))
  return [
    year,
    mean((m) => m.temp_max).toFixed(1),
    mean((m) => m.temp_min).toFixed(1),
    sum((m) => m.precipitation).toFixed(0),
    String(sum((m) => m.wet_days)),
    String(sum((m) => m.snow_days)),
    wettest.month,
  ]
}
