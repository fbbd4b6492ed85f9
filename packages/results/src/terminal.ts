// runs

export { createLiveView, type LiveStyle, type LiveView } from './terminal/live-view.js'
export { factLines, type SummaryStyle, summaryLines } from './terminal/summary.js'
export { type TreeStyle, treeLines } from './terminal/tree.js'

// parts

export { formatClock } from './terminal/clock.js'
export {
  type Colour,
  type ColourFlag,
  OUTCOME_COLOURS,
  paint,
  type TerminalEnv,
  useColour,
  useUtf8,
} from './terminal/colour.js'
export { formatDuration } from './terminal/duration.js'
export { maskControls, maskLines } from './terminal/mask.js'
export { outcomeSign, type TextStyle } from './terminal/row.js'
export { cutEnd, cutMiddle, fitText, pad, textWidth } from './terminal/width.js'
