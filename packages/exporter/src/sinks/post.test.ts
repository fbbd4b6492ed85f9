import { expect, test } from 'vitest'
import { createReceiver } from '../deliver.testsuite.js'
import type { SendError } from '../sink.js'
import { post } from './post.js'

/** An answer that never ends, as it is when its request was collected as garbage: nothing tells it to stop. */
function endless(status: number) {
  const seen = { cancelled: false }
  const answer = async () =>
    new Response(
      new ReadableStream({
        pull: () => new Promise<void>(() => undefined),
        cancel() {
          seen.cancelled = true
        },
      }),
      { status },
    )
  return { seen, answer }
}

const options = { headers: {}, timeoutMs: 20, signal: new AbortController().signal, fetch }

test('an answer that never ends is cut off after the timeout, and counts as what its status says', async () => {
  const [good, bad] = [endless(200), endless(404)]
  await post(new URL('http://x'), '{}', { ...options, fetch: good.answer })
  const failed = post(new URL('http://x'), '{}', { ...options, fetch: bad.answer })
  await expect(failed).rejects.toMatchObject({
    message: 'x answered 404',
    permanent: true,
  } satisfies Partial<SendError>)
  expect([good.seen, bad.seen]).toEqual([{ cancelled: true }, { cancelled: true }])
})

test('who gives up before has no answer, and no connection stays open', async () => {
  const give = new AbortController()
  let closed = () => undefined as unknown
  const gone = new Promise<void>((resolve) => {
    closed = resolve
  })
  const { url, until } = await createReceiver((response) => void response.on('close', () => closed()))
  const sent = post(new URL(url), '{}', { ...options, timeoutMs: 60_000, signal: give.signal })
  await until(1)
  give.abort()
  await expect(sent).rejects.toThrow(/cannot be reached/)
  await gone
  await expect(post(new URL(url), '{}', { ...options, signal: give.signal })).rejects.toThrow(/cannot be reached/)
})
