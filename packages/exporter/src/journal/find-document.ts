import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { DetailedDocument } from '@runspan/results/core'
import { list } from './layout.js'
import { keyIn, readOwnDocument } from './unfold.js'

/** The document of a run among these files. */
export function findDocument(paths: readonly string[], key: string): DetailedDocument | undefined {
  for (const path of paths) {
    const document = readOwnDocument(path, key)
    if (document !== undefined) return document
  }
  return undefined
}

/** Finds documents whose place nobody knows, wherever in the folder; all files are looked at once, when it is needed. */
export function createLookUp(root: string): (key: string) => readonly string[] {
  let paths: Map<string, string[]> | undefined
  return (key) => {
    if (paths === undefined) {
      paths = new Map()
      for (const path of everyDocument(root)) {
        const found = keyIn(path)
        if (found !== undefined) paths.set(found, [...(paths.get(found) ?? []), path])
      }
    }
    return paths.get(key) ?? []
  }
}

function* everyDocument(root: string): Iterable<string> {
  for (const folder of list(root)) {
    if (folder.startsWith('.') || !statSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory()) continue
    for (const name of list(join(root, folder))) if (name.endsWith('.json')) yield join(root, folder, name)
  }
}
