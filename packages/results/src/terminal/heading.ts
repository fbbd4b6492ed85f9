import type { RunFacts } from '../core/document.js'
import { maskControls } from './mask.js'
import { marks, outcomeSign, signColumns, type TextStyle } from './row.js'
import { cutMiddle, fitText, textWidth } from './width.js'

const LEAST_ID = 9
const LEAST_NAME = 6
const LONGEST_ID = 256

/**
 * The line that names a run: sign, workflow and version, run id, then the given facts. Where it does not fit, the id is
 * cut in its middle, then the version left out, then the name cut at its end; the sign and the facts stay.
 */
export function headingLine(run: RunFacts, facts: readonly string[], style: TextStyle): string {
  const { cut, dot } = marks(style.utf8)
  const separator = ` ${dot} `
  const rest = facts.map((fact) => separator + fact).join('')
  const fullId = maskControls((run.id ?? run.key).slice(0, LONGEST_ID))
  const fullName = fitText(run.name, style.width, cut)
  const fullVersion = run.version === null ? '' : ` v${maskControls(run.version.slice(0, 20)).replace(/^v/, '')}`
  const leastId = Math.min(LEAST_ID, textWidth(fullId))
  const room = style.width - signColumns(style) - 1 - separator.length - textWidth(rest)
  const leastName = Math.min(LEAST_NAME, textWidth(fullName))
  const version = textWidth(fullVersion) + leastId + leastName <= room ? fullVersion : ''
  const forBoth = room - textWidth(version)
  const id = cutMiddle(fullId, Math.max(leastId, forBoth - textWidth(fullName)), cut)
  const name = fitText(fullName, Math.max(leastName, forBoth - textWidth(id)), cut)
  return `${outcomeSign(run.outcome, style)} ${name}${version}${separator}${id}${rest}`
}
