// A screen as an SVG that follows the reader's light or dark setting; no script, no font of its own.

const CELL = { width: 8.4, height: 20, font: 14 }
const MARGIN = 20

/** Ground, text, and the 16 colours by number: those of a page on GitHub, readable on their ground. */
const THEMES = {
  light: {
    ground: '#f6f8fa',
    edge: '#d1d9e0',
    text: '#1f2328',
    colours: {
      0: '#1f2328',
      1: '#cf222e',
      2: '#1a7f37',
      3: '#9a6700',
      4: '#0969da',
      5: '#8250df',
      6: '#1b7c83',
      7: '#59636e',
      8: '#59636e',
      9: '#a40e26',
      10: '#116329',
      11: '#7d4e00',
      12: '#0550ae',
      13: '#6639ba',
      14: '#13656c',
      15: '#1f2328',
    },
  },
  dark: {
    ground: '#0d1117',
    edge: '#3d444d',
    text: '#e6edf3',
    colours: {
      0: '#9198a1',
      1: '#ff7b72',
      2: '#3fb950',
      3: '#d29922',
      4: '#58a6ff',
      5: '#bc8cff',
      6: '#39c5cf',
      7: '#c9d1d9',
      8: '#9198a1',
      9: '#ffa198',
      10: '#56d364',
      11: '#e3b341',
      12: '#79c0ff',
      13: '#d2a8ff',
      14: '#56d4dd',
      15: '#ffffff',
    },
  },
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text) => text.replace(/[&<>"]/g, (character) => ENTITIES[character])
const lengthOf = (text) => [...text].length
const rounded = (value) => Number(value.toFixed(1))

/** Draws rows of runs; `title` is what a screen reader says. */
export function drawScreen(rows, title) {
  const columns = Math.max(...rows.map((runs) => lengthOf(runs.map(({ text }) => text).join(''))))
  const width = Math.ceil(columns * CELL.width) + 2 * MARGIN
  const height = rows.length * CELL.height + 2 * MARGIN
  const used = [...new Set(rows.flat().map(({ colour }) => colour))]
    .filter((colour) => colour !== undefined)
    .sort((a, b) => a - b)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>
text { font: ${CELL.font}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre }
.b { font-weight: bold }
${themeRules(THEMES.light, used)}
@media (prefers-color-scheme: dark) {
${themeRules(THEMES.dark, used)}
}
</style>
<rect class="g" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${rows.flatMap(drawRow).join('\n')}
</svg>
`
}

const themeRules = ({ ground, edge, text, colours }, used) =>
  [
    `.g { fill: ${ground}; stroke: ${edge} }`,
    `text { fill: ${text} }`,
    ...used.map((colour) => `.c${colour} { fill: ${colours[colour]} }`),
  ].join('\n')

/** Each word group stands where its column is and is as wide as its columns, whatever font the reader has. */
function drawRow(runs, row) {
  const y = MARGIN + row * CELL.height + 15
  let column = 0
  return runs.flatMap(({ text, colour, bold }) => {
    const start = column
    column += lengthOf(text)
    const names = [...(colour === undefined ? [] : [`c${colour}`]), ...(bold ? ['b'] : [])].join(' ')
    // A gap of several spaces is left out: what follows has a place of its own.
    return [...text.matchAll(/\S+(?: \S+)*/g)].map(({ 0: words, index }) => {
      const x = MARGIN + (start + lengthOf(text.slice(0, index))) * CELL.width
      const length = lengthOf(words) * CELL.width
      const fit = length > CELL.width ? ` textLength="${rounded(length)}"` : ''
      return `<text${names === '' ? '' : ` class="${names}"`} x="${rounded(x)}" y="${y}"${fit}>${escaped(words)}</text>`
    })
  })
}
