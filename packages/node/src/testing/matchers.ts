import type { DetailedDocument, DocumentError, Outcome, StepNode } from '@runspan/results/core'
import type { CapturedRuns } from './capture.js'

/** A document, or captured runs of which there is only one. */
export type Found = DetailedDocument | CapturedRuns

/** What is expected of a step; what is not given is not looked at. */
export interface StepExpectation {
  outcome?: Outcome | undefined
  errorCode?: number | null | undefined
  /** A part of the message, or a pattern. */
  errorMessage?: string | RegExp | undefined
  target?: string | null | undefined
  /** How many attempts were made; 0 for a step that is tried only once. */
  attempts?: number | undefined
}

/** What `expect.extend` of vitest and Jest takes. */
export interface MatchResult {
  readonly pass: boolean
  message(): string
}

declare global {
  // Where Jest and vitest both look for the types of matchers that are added; neither has to be installed.
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: all declarations of an interface must have the same parameters.
    interface Matchers<R, T = {}> {
      /** The run succeeded; takes the document of a run, or what `captureRuns()` gives. */
      toHaveSucceeded(): R
      /** The run has a step of that name or title of which everything that is given is true. */
      toHaveStep(name: string, expected?: StepExpectation): R
    }
  }
}

/**
 * Matchers for vitest and Jest: `expect.extend(runMatchers)`, then `expect(runs).toHaveSucceeded()` and
 * `expect(runs).toHaveStep('extract', { outcome: 'failed', errorCode: 400 })`.
 */
export const runMatchers = {
  toHaveSucceeded(received: Found): MatchResult {
    const document = toDocument(received)
    const { name, outcome } = document.run
    return {
      pass: outcome === 'success',
      message: () =>
        outcome === 'success'
          ? `expected run '${name}' not to have succeeded${steps(document)}`
          : `expected run '${name}' to have succeeded, but it is ${outcome}${because(document.run.error)}${steps(document)}`,
    }
  },
  toHaveStep(received: Found, name: string, expected: StepExpectation = {}): MatchResult {
    const document = toDocument(received)
    const found = allSteps(document).filter((step) => step.name === name || step.title === name)
    const differing = found.map((step) => differences(step, expected))
    const pass = differing.some((list) => list.length === 0)
    return {
      pass,
      message() {
        const what = `run '${document.run.name}' ${pass ? 'not ' : ''}to have a step '${name}'${asked(expected)}`
        const closest = differing.sort((a, b) => a.length - b.length)[0] ?? []
        return `expected ${what}${pass ? '' : closest.map((line) => `\n${line}`).join('')}${steps(document)}`
      },
    }
  },
} as const

/** Throws, with the words of the matcher, unless the run succeeded; needs no test runner. */
export function assertSucceeded(received: Found): void {
  settle(runMatchers.toHaveSucceeded(received))
}

/** Throws, with the words of the matcher, unless the run has such a step; needs no test runner. */
export function assertStep(received: Found, name: string, expected: StepExpectation = {}): void {
  settle(runMatchers.toHaveStep(received, name, expected))
}

function settle({ pass, message }: MatchResult): void {
  if (!pass) throw new Error(message())
}

function toDocument(received: Found): DetailedDocument {
  if (typeof received === 'object' && received !== null) {
    if ('statuses' in received && 'run' in received && 'steps' in received) return received
    if ('run' in received && typeof received.run === 'function') return received.run()
  }
  throw new Error('expected the document of a run, or what captureRuns() gives')
}

function allSteps(document: DetailedDocument): StepNode[] {
  const list: StepNode[] = []
  const waiting = [...document.steps].reverse()
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    list.push(step)
    waiting.push(...[...step.steps].reverse())
  }
  return list
}

function differences(step: StepNode, expected: StepExpectation): string[] {
  const actual = {
    outcome: step.outcome,
    errorCode: step.error?.code ?? null,
    errorMessage: step.error?.message ?? null,
    target: step.target,
    attempts: step.attempts.length,
  }
  const lines: string[] = []
  for (const [key, wanted] of Object.entries(expected) as [keyof StepExpectation, unknown][]) {
    // Misspelt, it would make every `not` pass.
    if (!(key in actual)) throw new Error(`a step has no ${key}; expect ${Object.keys(actual).join(', ')}`)
    if (wanted === undefined || matches(key, actual[key], wanted)) continue
    lines.push(`  - ${key}: ${show(wanted)}`, `  + ${key}: ${show(actual[key])}`)
  }
  return lines
}

function matches(key: string, actual: unknown, wanted: unknown): boolean {
  // A search, because `test` of a pattern with the flag `g` begins where it ended the last time.
  if (wanted instanceof RegExp) return typeof actual === 'string' && actual.search(wanted) !== -1
  if (key === 'errorMessage' && typeof wanted === 'string' && typeof actual === 'string') return actual.includes(wanted)
  return actual === wanted
}

function show(value: unknown): string {
  return value instanceof RegExp ? String(value) : JSON.stringify(value)
}

function asked(expected: StepExpectation): string {
  const parts = Object.entries(expected).map(([key, value]) => `${key} ${show(value)}`)
  return parts.length === 0 ? '' : ` with ${parts.join(', ')}`
}

const MAX_MESSAGE = 300
const MAX_STEPS = 50

/** What a terminal would obey, or show as another line, is shown as a space. */
function because(error: DocumentError | null): string {
  if (!error?.message) return ''
  const text = error.message.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
  return `: ${text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text}`
}

function steps(document: DetailedDocument): string {
  const list = allSteps(document)
  if (list.length === 0) return '\nit has no steps'
  const lines = list.slice(0, MAX_STEPS).map(({ name, outcome, error }) => {
    const code = error?.code == null ? '' : ` ${error.code}`
    return `\n  ${name}  ${outcome}${code}${because(error)}`
  })
  const more = list.length > MAX_STEPS ? `\n  … and ${list.length - MAX_STEPS} more` : ''
  return `\nits steps:${lines.join('')}${more}`
}
