import type { LiveView } from '@runspan/results/terminal'

/** Brings the live view to the screen. */
export interface Painter {
  /** Something happened. */
  update(): void
  /** Writes what is left and gives the screen back. */
  stop(): void
}

const REDRAW_MS = 100
const SILENCE_MS = 30_000
// A terminal that knows these shows a redraw at once, without flicker; others ignore them.
const BEGIN = '\x1b[?2026h'
const END = '\x1b[?2026l'

/** For a terminal: finished lines, and below them what is running, drawn anew at most 10 times a second. */
export function paintScreen(
  view: LiveView,
  screen: NodeJS.WriteStream,
  others: readonly NodeJS.WriteStream[],
): Painter {
  const original = screen.write
  const write = (text: string) => original.call(screen, text)
  let drawn = 0
  let inMidLine = false

  const erase = () => (drawn === 0 ? '' : `\x1b[${drawn}A\x1b[J`)
  const draw = (live: readonly string[]) => {
    // What the user's code left unfinished on its line is not to be torn apart.
    if (inMidLine) return
    const finished = view.finishedLines()
    if (finished.length === 0 && live.length === 0 && drawn === 0) return
    write(BEGIN + erase() + [...finished, ...live].map((line) => `${line}\n`).join('') + END)
    drawn = live.length
  }

  // The user's own output takes the place of the live lines, which come back below it with the next redraw.
  const restore = [screen, ...others.filter((other) => other.isTTY)].map((stream) => {
    const own = stream.write
    const ours = function (this: unknown, chunk: string | Uint8Array, ...rest: never[]) {
      if (drawn > 0) write(erase())
      drawn = 0
      inMidLine = !endsLine(chunk)
      return own.call(stream, chunk as string, ...rest)
    } as typeof stream.write
    stream.write = ours
    return () => {
      if (stream.write === ours) stream.write = own
    }
  })
  const timer = setInterval(() => draw(view.liveLines(Date.now())), REDRAW_MS)
  timer.unref()
  return {
    update: () => undefined,
    stop() {
      clearInterval(timer)
      for (const undo of restore) undo()
      if (inMidLine) write('\n')
      inMidLine = false
      draw([])
    },
  }
}

/** For a pipe or a log: finished lines at once, and a sign of life after 30 seconds of silence. */
export function paintLog(view: LiveView, write: (line: string) => void): Painter {
  let last = Date.now()
  const update = () => {
    for (const line of view.finishedLines()) {
      write(line)
      last = Date.now()
    }
  }
  const timer = setInterval(() => {
    const line = Date.now() - last >= SILENCE_MS ? view.stillRunning(Date.now()) : null
    if (line === null) return
    write(line)
    last = Date.now()
  }, 1000)
  timer.unref()
  return {
    update,
    stop() {
      clearInterval(timer)
      update()
    },
  }
}

function endsLine(chunk: string | Uint8Array): boolean {
  return chunk.length === 0 || (typeof chunk === 'string' ? chunk.endsWith('\n') : chunk.at(-1) === 10)
}
