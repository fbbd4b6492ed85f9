import { OUTCOME_WORDS, type Outcome } from '../core/outcome.js'
import { outcomeLabel } from './palette.js'

/** A count of 0 for every outcome. */
export function noCounts(): Record<Outcome, number> {
  return Object.fromEntries(OUTCOME_WORDS.map((word) => [word, 0])) as Record<Outcome, number>
}

/** Such as `3 steps: 2 success, 1 failed`. */
export function countsText(counts: Record<Outcome, number>, noun: string): string {
  const total = OUTCOME_WORDS.reduce((sum, word) => sum + counts[word], 0)
  const parts = OUTCOME_WORDS.filter((word) => counts[word] > 0).map((word) => `${counts[word]} ${outcomeLabel(word)}`)
  return parts.length === 0 ? plural(total, noun) : `${plural(total, noun)}: ${parts.join(', ')}`
}

/** A number and its noun: `1 step`, `2 steps`, `2 retries`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}
