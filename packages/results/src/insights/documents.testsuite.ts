import type { AttemptNode, DetailedDocument, DocumentError, RunFacts, StepNode } from '../core/document.js'
import type { Outcome } from '../core/outcome.js'

const ORIGIN = Date.parse('2026-11-20T11:03:10.000Z')

/** An ISO time with nanoseconds, so many milliseconds after the origin of all hand-made documents. */
export function at(ms: number): string {
  const whole = Math.floor(ms)
  const nanos = Math.round((ms - whole) * 1e6)
  return new Date(ORIGIN + whole).toISOString().replace('Z', `${String(nanos).padStart(6, '0')}Z`)
}

export function error(message: string, type = 'TypeError', stacktrace: string | null = null): DocumentError {
  return { type, code: 500, category: 'E001', message, stacktrace }
}

let spans = 0

type StepParts = Partial<Omit<StepNode, 'started_at'>> & { from?: number; took?: number | null }

/** A step that succeeded in 10 ms unless something else is said; `from` is milliseconds after the run's start. */
export function step(name: string, parts: StepParts = {}): StepNode {
  const { from = 0, took = 10, ...rest } = parts
  spans += 1
  return {
    span_id: spans.toString(16).padStart(16, '0'),
    run_id: 's1',
    kind: 'step',
    name,
    title: name,
    outcome: 'success',
    reason: null,
    mode: 'default',
    target: null,
    tags: null,
    ordinal: null,
    in_attempt: null,
    progress: null,
    started_at: at(from),
    ended_at: took === null ? null : at(from + took),
    duration_ms: took,
    inputs: null,
    outputs: null,
    warnings: [],
    error: null,
    attempts: [],
    steps: [],
    ...rest,
  }
}

/** A step that failed. */
export function failing(name: string, message: string, parts: StepParts = {}): StepNode {
  return step(name, { outcome: 'failed', error: error(message), ...parts })
}

export function attempt(n: number, outcome: Outcome, from = 0, took = 5, why: string | null = 'no'): AttemptNode {
  return {
    span_id: `a${n}`.padStart(16, '0'),
    attempt: n,
    outcome,
    reason: null,
    started_at: at(from),
    ended_at: at(from + took),
    duration_ms: took,
    error: outcome === 'success' || why === null ? null : error(why),
  }
}

let runs = 0

/** A detailed document around some steps; `from` moves the run's start. */
export function run(
  steps: StepNode[],
  parts: Partial<RunFacts> & { from?: number; took?: number | null } = {},
): DetailedDocument {
  const { from = 0, took = 100, ...rest } = parts
  runs += 1
  const hex = runs.toString(16)
  return {
    statuses: [],
    schema: 'runspan.document/1',
    run: {
      key: `${hex.padStart(32, '0')}-${hex.padStart(16, '0')}`,
      id: `run-${runs}`,
      name: 'daily_import',
      title: 'daily_import',
      version: '3',
      outcome: 'success',
      reason: null,
      mode: 'default',
      target: null,
      tags: null,
      progress: null,
      started_at: at(from),
      ended_at: took === null ? null : at(from + took),
      duration_ms: took,
      trace_id: hex.padStart(32, '0'),
      parent: null,
      inputs: null,
      outputs: null,
      warnings: [],
      error: null,
      ...rest,
    },
    steps,
    provenance: { road: 'process', revision: 1, recovered: false, sampled: true, dropped: 0, contradictions: 0 },
  }
}

/** Names that try to break every form: markup, XML, Markdown tables and fences, terminals, text direction. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  ']]>',
  '</testcase></testsuite>',
  '"\' onmouseover="alert(1)',
  'a | b || c \\| d \\\\',
  '```\n</details>\n# heading',
  '`code` **bold** [link](javascript:alert(1)) ![i](http://x/y.png) <!--',
  'line\nbreak\r\nand\ttab',
  '\x1b[2J\x1b[31mred\x07\x00\x9b',
  '\u202eevil\u2066\u2069\u200b\ufeff',
  'lone \ud800 and \udc00 surrogates',
  '&amp; &#60;b&#62; $(x) {{x}} $$x$$ @team :smile: www.x.org',
  '\ufffe\uffff\u2028\u2029',
  '</style><style>*{display:none}',
  '日本語 🎉 é',
  '',
  ' ',
]
