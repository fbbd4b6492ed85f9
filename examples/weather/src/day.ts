import { z } from 'zod'

const number = z.string().trim().min(1).pipe(z.coerce.number())
const celsius = number.pipe(z.number().min(-60).max(60))

/** One line of the file, as text, becomes one day. */
export const Day = z.object({
  date: z.iso.date(),
  /** mm */
  precipitation: number.pipe(z.number().min(0)),
  /** °C */
  temp_max: celsius,
  temp_min: celsius,
  /** m/s */
  wind: number.pipe(z.number().min(0)),
  weather: z.enum(['drizzle', 'fog', 'rain', 'snow', 'sun']),
})

export type Day = z.infer<typeof Day>

/** A line as the parser gives it: each column's text by its name. */
export type Row = Readonly<Record<string, string | undefined>>

/** Reads a line; when it is no day, says what is wrong with its first bad column. */
export function readDay(row: Row): { day: Day } | { fault: string } {
  const { success, data: day, error } = Day.safeParse(row)
  if (success) return { day }
  const { path, message } = error.issues[0]!
  const column = String(path[0])
  return { fault: `${column} is ${JSON.stringify(row[column])}. ${message}` }
}

/** A day whose word for the weather is taken back where the measurements say otherwise. */
export type CleanDay = Omit<Day, 'weather'> & { weather: Day['weather'] | 'unclear' }

/** What no day can be; each sign of it is a warning. The real file has 44 of the first and 2 of the second. */
const DOUBTS: Readonly<Record<string, (day: Day) => boolean>> = {
  'rain without precipitation': (day) => day.weather === 'rain' && day.precipitation === 0,
  'snow above 3 °C': (day) => day.weather === 'snow' && day.temp_min > 3,
  'night warmer than day': (day) => day.temp_min > day.temp_max,
}

/** Why a day contradicts itself, or undefined when it does not. */
export function doubtOf(day: Day): string | undefined {
  return Object.keys(DOUBTS).find((name) => DOUBTS[name]?.(day))
}

/** In order of time, each date once; a word that the measurements contradict becomes `unclear`. */
export function cleanDays(days: readonly Day[]): CleanDay[] {
  const byDate = new Map<string, CleanDay>()
  for (const day of days) byDate.set(day.date, doubtOf(day) === undefined ? day : { ...day, weather: 'unclear' })
  return [...byDate.values()].sort((a, b) => a.date.localeCompare(b.date))
}
