import { expect, test } from 'vitest'
import { createAdmission } from './admission.js'
import { MAX_IN_FLIGHT, MAX_REQUESTS } from './limits.js'

const REFUSED = expect.objectContaining({ status: 503 })

test('beyond the bytes that may be in flight a request is told to come back, and let in when others have left (R12)', () => {
  const admit = createAdmission()
  const first = admit(MAX_IN_FLIGHT - 10)
  const second = admit(10)
  expect(() => admit(1)).toThrow(REFUSED)
  expect(() => second.grow(11)).toThrow(REFUSED)
  first.leave()
  second.grow(11)
  admit(MAX_IN_FLIGHT - 11).leave()
  second.leave()
})

test('beyond the number of requests as well (R12)', () => {
  const admit = createAdmission()
  const all = Array.from({ length: MAX_REQUESTS }, () => admit(0))
  expect(() => admit(0)).toThrow(REFUSED)
  all[0]!.leave()
  admit(0)
})

test('one request alone may take what a body may have, however much that is', () => {
  const admit = createAdmission()
  const only = admit(0)
  only.grow(2 * MAX_IN_FLIGHT)
  only.leave()
  admit(MAX_IN_FLIGHT).leave()
})
