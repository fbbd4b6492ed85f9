import type { DetailedDocument } from '@runspan/results'
import { createRunFold, kindOf, liveListeners, type RunFold, type SpanRecord, toRunKey } from '@runspan/results/core'
import { createLiveView, type LiveStyle } from '@runspan/results/terminal'
import { paintLog, paintScreen } from './painter.js'

/** Shows a run while it goes on. */
export interface Watch {
  /** Ends the show and gives the run's document; undefined when no run was heard of. */
  stop(): DetailedDocument | undefined
}

/** Listens to the news of the first run of this process and shows its steps on standard output. */
export function watchRun(style: LiveStyle): Watch {
  const view = createLiveView(style)
  const painter = process.stdout.isTTY
    ? paintScreen(view, process.stdout, [process.stderr])
    : paintLog(view, (line) => process.stdout.write(`${line}\n`))
  let run: RunFold | undefined

  const listener = (record: SpanRecord) => {
    if (run === undefined && kindOf(record) === 'run') run = createRunFold(toRunKey(record))
    run?.add(record)
    view.add(record)
    painter.update()
  }
  liveListeners().add(listener)
  return {
    stop() {
      liveListeners().delete(listener)
      painter.stop()
      return run?.document()
    },
  }
}
