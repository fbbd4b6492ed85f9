import { toText } from '../core/limits.js'

/** The longest text, in UTF-16 code units, that an analysis keeps; longer ones are cut. */
export const MAX_KEPT = 4_096

/** A text of limited length, as a copy of its own: a part of a text would keep the whole of it in memory. */
export function keptText(text: string): string {
  return JSON.parse(JSON.stringify(toText(text, MAX_KEPT))) as string
}
