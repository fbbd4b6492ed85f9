// What a terminal shows after a program has written to it: rows of text, each a list of runs in one colour.

const SEQUENCE = /\x1b\[(\??)([\d;]*)([A-Za-z])|[\s\S]/gu

/** @typedef {{ text: string, colour: number | undefined, bold: boolean }} Run */

/**
 * Plays a recording. It knows what our programs write: text, new lines, the 16 colours, bold, moving up, clearing what is
 * below. Anything else is an error, so that no picture is quietly wrong.
 *
 * @returns {Run[][]}
 */
export function playRecording(recording) {
  const rows = [[]]
  let row = 0
  let column = 0
  let style = { colour: undefined, bold: false }

  const control = (isPrivate, parameters, final) => {
    const count = Number(parameters || 1)
    if (isPrivate) return // Modes, such as synchronized output, change nothing that stays.
    if (final === 'm') style = restyled(style, parameters)
    else if (final === 'A') row = Math.max(0, row - count)
    else if (final === 'J' && parameters === '') {
      rows.length = row + 1
      rows[row].length = Math.min(rows[row].length, column)
    } else if (final === 'K' && parameters === '') rows[row].length = Math.min(rows[row].length, column)
    else
      throw new Error(`The recording moves the screen by "ESC [ ${parameters}${final}", which the picture cannot show.`)
  }

  for (const [all, isPrivate, parameters, final] of recording.matchAll(SEQUENCE)) {
    if (final !== undefined) control(isPrivate !== '', parameters, final)
    else if (all === '\r') column = 0
    else if (all === '\n') {
      row += 1
      column = 0
      rows[row] ??= []
    } else if (all < ' ' || all === '\x7f') {
      throw new Error(
        `The recording holds the control character ${JSON.stringify(all)}, which the picture cannot show.`,
      )
    } else {
      rows[row][column] = { text: all, ...style }
      column += 1
    }
  }
  return rows.map(joined)
}

function restyled(style, parameters) {
  let next = style
  for (const code of (parameters || '0').split(';').map(Number)) {
    if (code === 0) next = { colour: undefined, bold: false }
    else if (code === 1) next = { ...next, bold: true }
    else if (code === 22) next = { ...next, bold: false }
    else if (code === 39) next = { ...next, colour: undefined }
    else if (code >= 30 && code <= 37) next = { ...next, colour: code - 30 }
    else if (code >= 90 && code <= 97) next = { ...next, colour: code - 82 }
    else throw new Error(`The recording sets the style ${code}, which the picture cannot show.`)
  }
  return next
}

/** Neighbours of one style become one run; a column that nobody wrote to is a space. */
function joined(cells) {
  const runs = []
  for (const cell of Array.from(cells, (given) => given ?? { text: ' ', colour: undefined, bold: false })) {
    const last = runs.at(-1)
    if (last !== undefined && last.colour === cell.colour && last.bold === cell.bold) last.text += cell.text
    else runs.push({ ...cell })
  }
  return runs
}
