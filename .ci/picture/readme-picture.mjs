// The picture of the README: what `npm start` leaves on a terminal, without the hints below it.
import { playRecording } from './screen.mjs'
import { drawScreen } from './svg.mjs'

const COMMAND = 'npm start'
const TITLE = 'A terminal after npm start: the steps of a run with their times, its result, and where its document is.'
const HINTS = 'The same for your own function:'

const textOf = (runs) => runs.map(({ text }) => text).join('')

/** Draws a recording of `npm start`; throws when that is not what it shows. */
export function drawReadmePicture(recording) {
  const rows = playRecording(recording)
  const end = rows.findIndex((runs) => textOf(runs) === HINTS)
  if (end < 0) throw new Error(`The recording does not hold the line "${HINTS}": is it a whole run of ${COMMAND}?`)
  const shown = rows.slice(0, end)
  while (textOf(shown.at(-1)).trim() === '') shown.pop()
  const prompt = [
    { text: '$ ', colour: 8, bold: false },
    { text: COMMAND, colour: undefined, bold: true },
  ]
  return drawScreen([prompt, ...shown], TITLE)
}
