import type { Outcome } from '../core/outcome.js'
import { quote, ResultsError } from '../core/results-error.js'

/** What other programs call each outcome; null where they have no word for it. */
export type OutcomeWords = Readonly<Record<Outcome, string | null>>

/** The words that appear in such a table. */
export type WordOf<T extends OutcomeWords> = Exclude<T[Outcome], null>

/** The status words of one other program, mapped both ways. */
export interface Vocabulary<T extends OutcomeWords = OutcomeWords> {
  /** What the words are called in messages. */
  readonly name: string
  /** From our outcomes to their words: the nearest one where they have none of that exact meaning. */
  readonly words: T
  /** From their words to our outcomes, in the order in which they list them. */
  readonly outcomes: Readonly<Record<WordOf<T>, Outcome>>
  /** Words that are understood when read and never written. */
  readonly aliases: Readonly<Record<string, Outcome>>
}

/** Makes a vocabulary; it compiles only if every word that can be written can be read back. */
export function defineVocabulary<const T extends OutcomeWords>(
  name: string,
  words: T,
  outcomes: Readonly<Record<WordOf<T>, Outcome>>,
  aliases: Readonly<Record<string, Outcome>> = {},
): Vocabulary<T> {
  return Object.freeze({ name, words, outcomes: Object.freeze(outcomes), aliases: Object.freeze(aliases) })
}

/** Every word of a vocabulary, in its own order, without aliases. */
export function wordsOf<T extends OutcomeWords>(vocabulary: Vocabulary<T>): readonly WordOf<T>[] {
  return Object.keys(vocabulary.outcomes) as WordOf<T>[]
}

/** True when the value is one of the vocabulary's own words; an alias is not. */
export function isWord<T extends OutcomeWords>(vocabulary: Vocabulary<T>, value: unknown): value is WordOf<T> {
  return typeof value === 'string' && Object.hasOwn(vocabulary.outcomes, value)
}

/** What the vocabulary calls an outcome; null where its program has no such state. */
export function toWord<T extends OutcomeWords, O extends Outcome>(vocabulary: Vocabulary<T>, outcome: O): T[O] {
  return vocabulary.words[outcome]
}

/**
 * The outcome a word or alias stands for.
 *
 * @throws ResultsError `unknown_word`, naming the words that exist, with `path` when given.
 */
export function fromWord<T extends OutcomeWords>(vocabulary: Vocabulary<T>, word: string, path?: string): Outcome {
  if (isWord(vocabulary, word)) return vocabulary.outcomes[word]
  const alias = Object.hasOwn(vocabulary.aliases, word) ? vocabulary.aliases[word] : undefined
  if (alias !== undefined) return alias
  throw unknownWord(vocabulary, word, path)
}

/**
 * Checks that an unknown value is one of the vocabulary's own words.
 *
 * @throws ResultsError `unknown_word`, naming the words that exist, with `path` when given.
 */
export function parseWord<T extends OutcomeWords>(vocabulary: Vocabulary<T>, value: unknown, path?: string): WordOf<T> {
  if (isWord(vocabulary, value)) return value
  throw unknownWord(vocabulary, value, path)
}

function unknownWord(vocabulary: Vocabulary, value: unknown, path?: string): ResultsError {
  const message = `${quote(value)} is not a valid ${vocabulary.name}; use one of ${wordsOf(vocabulary).join(', ')}.`
  return new ResultsError('unknown_word', message, path === undefined ? {} : { path })
}
