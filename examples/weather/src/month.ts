import type { CleanDay } from './day.js'

/** The weather of a month: temperatures are means in °C, precipitation is a sum in mm, wind a mean in m/s. */
export interface Month {
  month: string
  days: number
  temp_max: number
  temp_mean: number
  temp_min: number
  precipitation: number
  wet_days: number
  snow_days: number
  wind: number
}

/** Puts the days of one month together. */
export function toMonth(month: string, days: readonly CleanDay[]): Month {
  const mean = (of: (day: CleanDay) => number) => round(sum(days, of) / days.length)
  return {
    month,
    days: days.length,
    temp_max: mean((day) => day.temp_max),
    temp_mean: mean((day) => (day.temp_max + day.temp_min) / 2),
    temp_min: mean((day) => day.temp_min),
    precipitation: round(sum(days, (day) => day.precipitation)),
    wet_days: days.filter((day) => day.precipitation > 0).length,
    snow_days: days.filter((day) => day.weather === 'snow').length,
    wind: mean((day) => day.wind),
  }
}

/** The days by the first letters of their date: 4 for years, 7 for months. */
export function groupByDate(days: readonly CleanDay[], letters: 4 | 7): Map<string, CleanDay[]> {
  const groups = new Map<string, CleanDay[]>()
  for (const day of days) {
    const key = day.date.slice(0, letters)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [day])
    else group.push(day)
  }
  return groups
}

/** The months of the last year in the table that had snow. */
export function snowInLastYear(months: readonly Month[]): { year: string; months: Month[] } {
  const year = months.at(-1)?.month.slice(0, 4) ?? ''
  return { year, months: months.filter(({ month, snow_days }) => month.startsWith(year) && snow_days > 0) }
}

function sum(days: readonly CleanDay[], of: (day: CleanDay) => number): number {
  return days.reduce((total, day) => total + of(day), 0)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
