import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './fixture.testsuite.js'
import { makeFolder } from './make-folder.js'

test('a folder is made with all those around it, for its user alone, and may be there already', () => {
  const folder = join(temporaryFolder(), 'a', 'b', 'c')
  makeFolder(folder)
  makeFolder(folder)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, '..')).mode & 0o777).toBe(0o700)
})

test('a place where nothing can be made is refused at once, also below /proc', () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  expect(() => makeFolder(join(file, 'a'))).toThrow(/ENOTDIR/)
  if (existsSync('/proc/self')) expect(() => makeFolder('/proc/runspan/results')).toThrow(/ENOENT|EACCES|EPERM/)
})
