import { ExporterError } from './exporter-error.js'

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'make the folder writable for this user, or name another one',
  EPERM: 'make the folder writable for this user, or name another one',
  EROFS: 'the file system is read-only; name another folder',
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'the quota is used up; free some space',
  ENOTDIR: 'a part of the path is a file; name another folder',
  EEXIST: 'a part of the path is a file; name another folder',
}

/** What is told when a results folder cannot be written, with what to do. */
export function cannotWrite(root: string, error: unknown): ExporterError {
  const { code = '', message } = error as NodeJS.ErrnoException
  const advice = ADVICE[code] ?? 'see the cause'
  return new ExporterError(
    'cannot_write',
    `Cannot write result documents into '${root}': ${message}; ${advice} (RUNSPAN_RESULTS_DIR).`,
    { cause: error },
  )
}
