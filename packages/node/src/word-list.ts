import { quote } from '@runspan/results/core'

/** A variable that names some things out of a few. */
export interface WordList<T extends string> {
  readonly name: string
  readonly known: readonly T[]
  /** What holds where the variable says nothing. */
  readonly otherwise: readonly T[]
  /** What to do about a word that is not known, beside using another one. */
  readonly hint?: string
  /** Whether the word `all` stands for every one of them. */
  readonly hasAll?: boolean
}

/** The words of a list with commas, without repetition; what is not known is said and left out, `none` is none at all. */
export function readWords<T extends string>(
  { name, known, otherwise, hint = '', hasAll = false }: WordList<T>,
  value: string | undefined,
  warn: (message: string) => void,
): readonly T[] {
  if (value === undefined) return otherwise
  const words = new Set(value.split(',').map((word) => word.trim()))
  const allowed = [...known, ...(hasAll ? ['all'] : [])].map((word) => `'${word}'`).join(', ')
  for (const word of words) {
    if (word === '' || word === 'none' || known.includes(word as T) || (hasAll && word === 'all')) continue
    warn(`${name} names ${quote(word)}, which is not supported; use ${allowed} or 'none'${hint}. It is left out.`)
  }
  if (words.has('none')) return []
  return hasAll && words.has('all') ? known : [...words].filter((word): word is T => known.includes(word as T))
}
