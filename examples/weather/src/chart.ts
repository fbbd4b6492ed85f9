import type { Month } from './month.js'

const WIDTH = 960
const HEIGHT = 560
const LEFT = 64
const RIGHT = 24
const TEMPERATURE = { top: 104, bottom: 328 } as const
const RAIN = { top: 376, bottom: 504 } as const

const INK = '#1f2933'
const MUTED = '#5f6b7a'
const GRID = '#e4e8ee'
const WARM = '#d9682b'
const BAND = '#f6d5c0'
const BLUE = '#3d7ebf'
// Keeps words readable where they cross a line.
const HALO = 'paint-order="stroke" stroke="#fff" stroke-width="5" stroke-linejoin="round"'

/** Draws the months as an SVG document: the range of temperatures above, the precipitation below. */
export function drawChart(months: readonly Month[]): string {
  const celsius = scale(niceRange(months.map((m) => m.temp_min).concat(months.map((m) => m.temp_max))), TEMPERATURE)
  const mm = scale(niceRange([0, ...months.map((m) => m.precipitation)]), RAIN)
  const first = months[0]?.month.slice(0, 4) ?? ''
  const last = months.at(-1)?.month.slice(0, 4) ?? ''
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}"`,
    '  font-family="system-ui, \'Segoe UI\', \'Helvetica Neue\', Arial, sans-serif" font-size="12" role="img">',
    `<title>Weather in Seattle by month, ${first} to ${last}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 36, `Weather in Seattle, ${first} to ${last}`, `font-size="20" font-weight="600" fill="${INK}"`),
    text(LEFT, 58, 'Each month’s daily temperatures and its precipitation', `font-size="13" fill="${MUTED}"`),
    ...legend(),
    ...gridLines(celsius, '°C', TEMPERATURE),
    ...gridLines(mm, 'mm', RAIN),
    ...yearMarks(months),
    ...temperatures(months, celsius),
    ...precipitation(months, mm),
    text(LEFT, HEIGHT - 14, 'Data: NOAA, daily records, by way of vega-datasets', `font-size="11" fill="${MUTED}"`),
    '</svg>',
    '',
  ].join('\n')
}

interface Scale {
  readonly ticks: readonly number[]
  y(value: number): number
}

interface Panel {
  readonly top: number
  readonly bottom: number
}

/** Round numbers around the values, about four steps of 1, 2 or 5 times a power of ten. */
export function niceRange(values: readonly number[]): number[] {
  const low = Math.min(...values)
  const high = Math.max(...values, low + 1)
  const rough = (high - low) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!
  const ticks = []
  for (let n = Math.floor(low / step); n * step < high + step; n += 1) ticks.push(n * step)
  return ticks
}

function scale(ticks: readonly number[], panel: Panel): Scale {
  const [low, high] = [ticks[0]!, ticks.at(-1)!]
  return { ticks, y: (value) => panel.bottom - ((value - low) / (high - low)) * (panel.bottom - panel.top) }
}

function slot(months: readonly Month[]): number {
  return (WIDTH - LEFT - RIGHT) / months.length
}

function middle(months: readonly Month[], index: number): number {
  return LEFT + (index + 0.5) * slot(months)
}

function gridLines({ ticks, y }: Scale, unit: string, panel: Panel): string[] {
  const lines = ticks.map((tick) => line(LEFT, y(tick), WIDTH - RIGHT, y(tick), tick === 0 ? '#b8c0cc' : GRID))
  const labels = ticks.map((tick) => text(LEFT - 10, y(tick) + 4, String(tick), `text-anchor="end" fill="${MUTED}"`))
  return [...lines, ...labels, text(LEFT - 10, panel.top - 12, unit, `text-anchor="end" fill="${MUTED}"`)]
}

function yearMarks(months: readonly Month[]): string[] {
  return months.flatMap(({ month }, index) => {
    if (!month.endsWith('-01')) return []
    const x = LEFT + index * slot(months)
    const label = text(x + 6 * slot(months), RAIN.bottom + 20, month.slice(0, 4), `text-anchor="middle" fill="${INK}"`)
    if (index === 0) return [label]
    return [line(x, TEMPERATURE.top, x, TEMPERATURE.bottom, GRID), line(x, RAIN.top, x, RAIN.bottom + 8, GRID), label]
  })
}

function temperatures(months: readonly Month[], { y }: Scale): string[] {
  const points = (of: (month: Month) => number) =>
    months.map((month, index) => `${round(middle(months, index))},${round(y(of(month)))}`)
  const band = [...points((m) => m.temp_max), ...points((m) => m.temp_min).reverse()].join(' ')
  const mean = points((m) => m.temp_mean).join(' ')
  const hottest = indexOfMost(months, (m) => m.temp_max)
  return [
    `<polygon points="${band}" fill="${BAND}"/>`,
    `<polyline points="${mean}" fill="none" stroke="${WARM}" stroke-width="2.5" stroke-linejoin="round"/>`,
    ...note(months, hottest, y(months[hottest]?.temp_max ?? 0), `${months[hottest]?.temp_max.toFixed(1)} °C`),
  ]
}

function precipitation(months: readonly Month[], { y }: Scale): string[] {
  const width = slot(months) * 0.7
  const bars = months.map((month, index) => {
    const x = round(middle(months, index) - width / 2)
    const height = round(y(0) - y(month.precipitation))
    const label = `<title>${month.month}: ${month.precipitation} mm</title>`
    return `<rect x="${x}" y="${round(y(month.precipitation))}" width="${round(width)}" height="${height}" rx="1.5" fill="${BLUE}">${label}</rect>`
  })
  const wettest = indexOfMost(months, (m) => m.precipitation)
  return [
    ...bars,
    ...note(months, wettest, y(months[wettest]?.precipitation ?? 0), `${months[wettest]?.precipitation} mm`),
  ]
}

/** Names an extreme, above its mark. */
function note(months: readonly Month[], index: number, y: number, words: string): string[] {
  if (months.length === 0) return []
  const x = Math.min(WIDTH - RIGHT - 40, Math.max(LEFT + 40, middle(months, index)))
  return [text(x, y - 8, words, `text-anchor="middle" font-weight="600" fill="${INK}" ${HALO}`)]
}

function legend(): string[] {
  const y = 30
  return [
    `<rect x="528" y="${y - 8}" width="22" height="12" rx="2" fill="${BAND}"/>`,
    text(558, y + 2, 'mean low to mean high', `fill="${INK}"`),
    `<path d="M722 ${y - 2}h22" stroke="${WARM}" stroke-width="2.5"/>`,
    text(752, y + 2, 'mean', `fill="${INK}"`),
    `<rect x="810" y="${y - 8}" width="12" height="12" rx="1.5" fill="${BLUE}"/>`,
    text(829, y + 2, 'precipitation', `fill="${INK}"`),
  ]
}

function indexOfMost(months: readonly Month[], of: (month: Month) => number): number {
  return months.reduce((best, month, index) => (of(month) > of(months[best]!) ? index : best), 0)
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}"/>`
}

function text(x: number, y: number, words: string, attributes: string): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${safe}</text>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
