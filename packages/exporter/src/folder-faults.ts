import { cannotWrite } from './cannot-write.js'
import { messageOf } from './message-of.js'

/** Says why a results folder cannot be written; documents and journal fail together, and one message is enough. */
export interface FolderFaults {
  /** A document could not be written. */
  document(error: unknown): void
  /** The crash journal could not be written. */
  journal(error: unknown): void
  /** What other processes have left could not be read. */
  others(error: unknown): void
}

/** Begins to say each kind of fault once. */
export function createFolderFaults(root: string, report: (message: string) => void): FolderFaults {
  const said = new Set<string>()
  const once = (error: unknown, message: () => string) => {
    const code = codeOf(error)
    if (said.has(code)) return
    said.add(code)
    report(message())
  }
  return {
    document: (error) => once(error, () => `a document has to wait: ${messageOf(error)}`),
    others: (error) =>
      once(error, () => `what other processes have left in '${root}' could not be read: ${messageOf(error)}`),
    journal: (error) =>
      once(
        error,
        () =>
          `${cannotWrite(root, error).message} Until then there is no crash journal: a process that dies leaves no documents of what it did.`,
      ),
  }
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } }
  return String(cause?.code ?? code ?? messageOf(error))
}
