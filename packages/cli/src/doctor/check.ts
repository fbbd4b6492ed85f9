/** How a check came out; `FAIL` is what makes the command end with 1. */
export type CheckState = 'ok' | 'warn' | 'FAIL'

/** One thing that was looked at. */
export interface Check {
  readonly state: CheckState
  /** What was looked at, in a word or two. */
  readonly name: string
  /** What was found. */
  readonly text: string
  /** The command that mends it; null where nothing is to be mended. */
  readonly fix: string | null
}

/** The variables that a check may look at, by name. */
export type Variables = Readonly<Record<string, string | undefined>>

export const ok = (name: string, text: string): Check => ({ state: 'ok', name, text, fix: null })
export const warn = (name: string, text: string, fix: string): Check => ({ state: 'warn', name, text, fix })
export const fail = (name: string, text: string, fix: string): Check => ({ state: 'FAIL', name, text, fix })

/** A path or value as one word of a shell command. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
