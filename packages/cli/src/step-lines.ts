import { type DetailedDocument, isDetailed, type ResultsDocument } from '@runspan/results'
import { formatDuration, maskControls, outcomeSign, type TextStyle } from '@runspan/results/terminal'

type StepNode = DetailedDocument['steps'][number]

/** A step, and the names from the outermost step down to it. */
export interface PlacedStep {
  readonly step: StepNode
  readonly path: string
}

/** Every step of a document, each before those in it. It keeps its own stack: any depth is well. */
export function listSteps({ steps }: DetailedDocument): PlacedStep[] {
  const listed: PlacedStep[] = []
  const waiting = [...steps].reverse().map((step) => ({ step, path: step.name }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    listed.push(next)
    const { path } = next
    for (const child of [...next.step.steps].reverse()) waiting.push({ step: child, path: `${path} > ${child.name}` })
  }
  return listed
}

/** The steps of that name, title or run id; none in a document without detail. */
export function findSteps(document: ResultsDocument, wanted: string): PlacedStep[] {
  if (!isDetailed(document)) return []
  return listSteps(document).filter(({ step }) => [step.name, step.title, step.run_id].includes(wanted))
}

/** For other programs: outcome, path, run id, start, duration in ms, tries and error of a step, separated by tabs. */
export function toPipeLine({ step, path }: PlacedStep): string {
  const error = step.error?.message?.split('\n', 1)[0] ?? ''
  const tries = String(Math.max(1, step.attempts.length))
  const values = [step.outcome, path, step.run_id, step.started_at, String(step.duration_ms ?? ''), tries, error]
  return values.map(maskControls).join('\t')
}

/** Everything that is known of a step, for eyes: its tries, its error with the whole stack, its inputs and outputs. */
export function detailLines({ step, path }: PlacedStep, style: TextStyle): string[] {
  const lines = [`${outcomeSign(step.outcome, style)} ${maskControls(path)}  ${formatDuration(step.duration_ms)}`]
  if (step.title !== step.name) lines.push(`  title    ${maskControls(step.title)}`)
  if (step.target !== null) lines.push(`  target   ${maskControls(step.target)}`)
  if (step.reason !== null) lines.push(`  reason   ${maskControls(step.reason)}`)
  for (const { attempt, outcome, duration_ms, error } of step.attempts) {
    const why = [error?.type, error?.message?.split('\n', 1)[0]].filter(Boolean).join(': ')
    lines.push(`  try ${attempt ?? '?'}    ${outcome}  ${formatDuration(duration_ms)}  ${maskControls(why)}`.trimEnd())
  }
  for (const [name, value] of [
    ['inputs', step.inputs],
    ['outputs', step.outputs],
  ] as const) {
    if (value !== null) lines.push(`  ${name.padEnd(8)} ${maskControls(JSON.stringify(value))}`)
  }
  for (const warning of step.warnings) lines.push(`  warning  ${maskControls(JSON.stringify(warning))}`)
  const { error } = step
  if (error === null) return lines
  const head = [error.category, error.code === null ? '' : `code ${error.code}`].filter(Boolean).join('   ')
  lines.push(
    `  error    ${[maskControls([error.type, error.message].filter(Boolean).join(': ')), head].filter(Boolean).join('   ')}`,
  )
  for (const line of error.stacktrace?.split('\n') ?? []) lines.push(`    ${maskControls(line)}`)
  return lines
}
