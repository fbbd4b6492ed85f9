import { isAbsolute, relative } from 'node:path'

/** A path as people want to read it: from the working directory, where it lies below that. */
export function pathName(path: string): string {
  const short = relative('', path)
  return short.startsWith('..') || isAbsolute(short) ? path : short
}
