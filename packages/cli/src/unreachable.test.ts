import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { run } from './command.testsuite.js'
import { reasonOf } from './unreachable.js'

/** A port that nobody listens on: one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('show says in words why no collector answers, and ends with 3', async () => {
  for (const [url, words] of [
    [`http://127.0.0.1:${await freePort()}`, 'nothing listens there, ECONNREFUSED'],
    ['http://127.0.0.1:1', 'bad port'],
    ['http://nobody.invalid:4318', /no machine of that name is known, ENOTFOUND|cannot be looked up now, EAI_AGAIN/],
  ] as const) {
    const { code, stdout, stderr } = await run(['show', '--from', url])
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toContain(`No collector answers at ${url} (`)
    expect(stderr).toMatch(words)
  }
})

test('of a name with several addresses the reason of the first is told', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:4318'), { code: 'ECONNREFUSED' })
  const cause = new AggregateError([refused, new Error('other')])
  expect(reasonOf(new TypeError('fetch failed', { cause }), 1)).toBe('nothing listens there, ECONNREFUSED')
  expect(reasonOf(new TypeError('fetch failed', { cause: new Error('self-signed certificate') }), 1)).toBe(
    'self-signed certificate',
  )
  expect(reasonOf(new DOMException('aborted', 'TimeoutError'), 2_000)).toBe('no answer in 2000 ms')
})
