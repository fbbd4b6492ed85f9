import { isFailure, OUTCOMES } from '../core/outcome.js'
import { formatDuration } from '../terminal/duration.js'
import { fitText } from '../terminal/width.js'
import { countsText } from './counts.js'
import { type StackRoom, stackHtml, stepsHtml, text } from './html-steps.js'
import { STYLE } from './html-style.js'
import { formatInstant } from './instant-text.js'
import { escapeMarkup } from './markup.js'
import { outcomeLabel } from './palette.js'
import { MAX_NAME, pathText } from './path-text.js'
import { culpritOf, errorText, factsOf, stateText } from './phrases.js'
import type { Report, ReportRun } from './report.js'

/** How much an HTML report shows. */
export interface HtmlOptions {
  /**
   * The most steps per run; failing ones come before others.
   * @default 5000
   */
  maxSteps?: number
  /**
   * The most runs that are shown in full; the table of runs has all.
   * @default 100
   */
  maxRuns?: number
}

/** All stack traces of a report together, in UTF-16 code units. */
const MAX_STACKS = 4_000_000
const MAX_MESSAGE = 2_000

// Nothing in the file may run or be fetched, even if something were not escaped.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'"

/** The report as one HTML file: no script, nothing is fetched, light and dark as the reader's system says, printable. */
export function reportHtml(report: Report, options: HtmlOptions = {}): string {
  const { runs } = report
  const maxRuns = options.maxRuns ?? 100
  const room: StackRoom = { left: MAX_STACKS }
  const single = runs.length === 1
  const parts = [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">\n`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n',
    `<title>${escapeMarkup(fitText(titleOf(report), MAX_NAME))}</title>\n<style>\n${STYLE}</style>\n</head>\n<body>\n<main>\n`,
  ]
  if (!single) parts.push(`<h1>${text(report.title, MAX_NAME)}</h1>\n<p>${countsText(report.counts, 'run')}</p>\n`)
  if (runs.length > 1) parts.push(runsHtml(runs, maxRuns))
  for (const [index, run] of runs.slice(0, maxRuns).entries()) {
    parts.push(runHtml(run, index, single ? 'h1' : 'h2', options.maxSteps ?? 5_000, room))
  }
  parts.push('</main>\n</body>\n</html>\n')
  return parts.join('')
}

function titleOf({ title, runs }: Report): string {
  const [only] = runs
  return runs.length === 1 && only !== undefined ? `${only.name}: ${outcomeLabel(only.outcome)}` : title
}

function runsHtml(runs: readonly ReportRun[], maxRuns: number): string {
  const rows = runs.map((run, index) => {
    const name = text(run.title, MAX_NAME)
    const link = index < maxRuns ? `<a href="#run-${index + 1}">${name}</a>` : name
    return `<tr><td>${stateHtml(run)}</td><td>${link}</td><td class="when">${formatInstant(run.started_at)}</td><td class="number">${formatDuration(run.duration_ms)}</td></tr>\n`
  })
  return `<table>\n<thead><tr><th scope="col">Outcome</th><th scope="col">Workflow</th><th scope="col" class="when">Started</th><th scope="col" class="number">Duration</th></tr></thead>\n<tbody>\n${rows.join('')}</tbody>\n</table>\n`
}

function runHtml(run: ReportRun, index: number, heading: 'h1' | 'h2', maxSteps: number, room: StackRoom): string {
  const version = run.version === null ? '' : ` <span class="quiet">${text(run.version, MAX_NAME)}</span>`
  return [
    `<section id="run-${index + 1}" aria-labelledby="title-${index + 1}">\n`,
    `<${heading} id="title-${index + 1}">${text(run.title, MAX_NAME)}${version}</${heading}>\n`,
    `<p><span class="state ${run.outcome}">${OUTCOMES[run.outcome].glyph} ${escapeMarkup(stateText(run))}</span> · ${factsOf(run).join(' · ')}</p>\n`,
    identityHtml(run),
    failureHtml(run, room),
    stepsHtml(run, maxSteps, room),
    criticalHtml(run),
    '</section>\n',
  ].join('')
}

function identityHtml({ id, name, title, trace_id, target, reason, error }: ReportRun): string {
  const facts: string[] = []
  if (title !== name) facts.push(`workflow ${text(name, MAX_NAME)}`)
  if (id !== null) facts.push(`run <code>${text(id, MAX_NAME)}</code>`)
  if (trace_id !== null) facts.push(`trace <code>${text(trace_id, MAX_NAME)}</code>`)
  if (target !== null) facts.push(`target ${text(target, MAX_NAME)}`)
  const why = reason !== null && error === null ? `<p>${text(reason, MAX_MESSAGE)}</p>\n` : ''
  return facts.length === 0 ? why : `<p class="quiet">${facts.join(' · ')}</p>\n${why}`
}

function failureHtml(run: ReportRun, room: StackRoom): string {
  const point = culpritOf(run)
  const error = point?.error ?? run.error
  if (point === null && (error === null || !isFailure(run.outcome))) return ''
  const facts = point === null ? [] : [`<strong>${text(pathText(point.path), 600)}</strong>`]
  if (point !== null && point.attempts > 1) facts.push(`${point.attempts} attempts`)
  if (error?.category) facts.push(text(error.category, MAX_NAME))
  const label = point === null ? 'Failure' : 'First failure'
  const head = facts.length === 0 ? label : `${label}: ${facts.join(' · ')}`
  const message = error === null ? '' : `<pre>${escapeMarkup(fitText(errorText(error), MAX_MESSAGE))}</pre>`
  // A step's own stack stands with the step.
  const stack = point === null && error?.stacktrace ? stackHtml(error.stacktrace, room) : ''
  return `<div class="failure ${point?.outcome ?? run.outcome}"><div>${head}</div>${message}${stack}</div>\n`
}

function criticalHtml({ critical }: ReportRun): string {
  if (critical.length < 2) return ''
  const rows = critical.map(({ path, duration_ms, share }) => {
    const name = path.length === 0 ? '<span class="quiet">the run itself</span>' : text(pathText(path), 600)
    const percent = `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
    const width = `${Math.round(share * 1000) / 10}%`
    return `<tr><td>${name}</td><td class="number">${formatDuration(duration_ms)}</td><td class="number">${percent}</td><td class="bars"><i class="share" style="width:${width}"></i></td></tr>\n`
  })
  return `<h3>Where the time went</h3>\n<p class="quiet">The critical path: what held up the end of the run.</p>\n<table>\n<thead><tr><th scope="col">Step</th><th scope="col" class="number">Time</th><th scope="col" class="number">Share</th><th class="bars"></th></tr></thead>\n<tbody>\n${rows.join('')}</tbody>\n</table>\n`
}

function stateHtml({ outcome }: ReportRun): string {
  return `<span class="state ${outcome}">${OUTCOMES[outcome].glyph} ${outcomeLabel(outcome)}</span>`
}
