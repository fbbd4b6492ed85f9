import { expect, test } from 'vitest'
import { syncFolderSoon } from './atomic-write.js'
import { temporaryFolder } from './fixture.testsuite.js'

test('who asks for a sync that has not begun shares it; who asks while one runs gets the next', async () => {
  const folder = temporaryFolder()
  const first = syncFolderSoon(folder)
  expect(syncFolderSoon(folder)).toBe(first)
  await Promise.resolve()
  const second = syncFolderSoon(folder)
  expect(second).not.toBe(first)
  expect(syncFolderSoon(folder)).toBe(second)
  await Promise.all([first, second])
  const third = syncFolderSoon(folder)
  expect([first, second]).not.toContain(third)
  await third
})

test('a folder that cannot be synced is no fault', async () => {
  await expect(syncFolderSoon('/nowhere/at/all')).resolves.toBeUndefined()
})
