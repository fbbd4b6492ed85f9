import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ATTR } from '@runspan/results/core'
import { describe, expect, test } from 'vitest'
import { createReceiver, type DeliveryOptions, delivery } from '../deliver.testsuite.js'
import { temporaryFolder } from '../fixture.testsuite.js'
import { openLane } from '../outbox/open-lane.testsuite.js'
import type { Sink } from '../sink.js'
import { slackBody } from './body.js'
import { createMonitor, type MonitoredStatus } from './monitor.js'
import { createTaskHooks } from './task-hooks.js'
import { slack, webhook } from './webhook.js'

interface Case {
  input: {
    monitor: { webhook_url?: string; slack_webhook?: string }
    adds: MonitoredStatus[]
    unreachable?: string[]
  }
  posts: { url: string; json: object; timeout: number }[]
  printed: string[]
  stored: [string, string][]
}
const golden = JSON.parse(
  readFileSync(new URL('../../../../test/golden/s0-monitoring.json', import.meta.url), 'utf8'),
) as { cases: Case[] }

describe('S0.28–S0.33 rows that are added with monitoring', () => {
  test.each(golden.cases.map((one, index) => [index, one] as const))(
    'case %i of the golden',
    async (_index, { input, posts, printed, stored }) => {
      const added: [string, string][] = []
      const sent: unknown[] = []
      const said: string[] = []
      const { addWithMonitoring } = createMonitor({
        // The identifiers in the document are padded by its manager; a message carries what was passed.
        manager: { addStatus: ({ run_id, status }) => added.push([run_id, status]) },
        webhookUrl: input.monitor.webhook_url,
        slackWebhook: input.monitor.slack_webhook,
        logger: { error: (message) => void said.push(message) },
        now: () => new Date(0),
        async send(url, json, timeoutMs) {
          sent.push({ url, json, timeout: timeoutMs / 1_000 })
          if (input.unreachable?.includes(url)) throw new Error(`cannot reach ${url}`)
        },
      })
      for (const status of input.adds) await addWithMonitoring(status)
      const expected = posts.map((one) => ({
        ...one,
        json: 'timestamp' in one.json ? { ...one.json, timestamp: new Date(0).toISOString() } : one.json,
      }))
      expect(sent).toEqual(expected)
      expect(said).toEqual(printed)
      expect(added.map(([, status]) => status)).toEqual(stored.map(([, status]) => status))
    },
  )

  test('the keys of a body stand in their order', () => {
    const { posts } = golden.cases[1] as Case
    expect(JSON.stringify(slackBody({ runId: '001', title: 'T001', errorMessage: 'x' }))).toBe(
      JSON.stringify(posts[1]?.json),
    )
  })
})

const failed = (name = 'etl', options: DeliveryOptions = {}) =>
  delivery(name, { outcome: 'failed', attributes: { [ATTR.exceptionMessage]: 'out of rows' }, ...options })

async function send(sink: Sink, deliveries: readonly ReturnType<typeof delivery>[], root?: string) {
  const { lane, said } = openLane(root, sink)
  for (const one of deliveries) lane.offer(one)
  await lane.drain(AbortSignal.timeout(5_000))
  const counts = lane.counts()
  await lane.close()
  return { said, counts }
}

test('S0.29 a run that failed is told to the webhook, with its run id and message', async () => {
  const { url, received } = await createReceiver()
  const one = failed()
  await send(webhook(url, { now: () => new Date(0) }), [one])
  expect(JSON.parse(received[0]?.body ?? '')).toEqual({
    timestamp: '1970-01-01T00:00:00.000Z',
    severity: 'error',
    service: 'workflow_execution',
    run_id: one.document.run.id,
    title: 'etl',
    message: 'out of rows',
    alert_type: 'workflow_failure',
  })
  expect(received[0]?.headers['webhook-id']).toBe(`${one.key}-failure`)
})

test('S0.30 Slack is told of failures only, and shows every text as it is', async () => {
  const { url, received } = await createReceiver()
  await send(slack(url), [failed('<!channel> & <https://evil|click>'), delivery('critical')])
  expect(received).toHaveLength(1)
  expect(received[0]?.body).toContain('&lt;!channel&gt; &amp; &lt;https://evil|click&gt;')
  const long = slackBody({ runId: 'r', title: 't', errorMessage: '<'.repeat(10_000) })
  expect(long.attachments[0].fields[2].value.length).toBeLessThanOrEqual(3_000)
  expect(long.attachments[0].fields[2].value).toMatch(/(&lt;)+…$/)
})

test('S0.31 of successes only critical and production ones are told', async () => {
  const { url, received } = await createReceiver()
  await send(
    webhook(url),
    ['nightly', 'CRITICAL backup', 'to Production'].map((name) => delivery(name)),
  )
  expect(received.map(({ body }) => JSON.parse(body).title)).toEqual(['CRITICAL backup', 'to Production'])
})

test('what is told can be chosen: workflows, outcomes, the first failure after a success', async () => {
  const titles = async (options: Parameters<typeof webhook>[1], deliveries: ReturnType<typeof delivery>[]) => {
    const { url, received } = await createReceiver()
    await send(webhook(url, options), deliveries)
    return received.map(({ body }) => JSON.parse(body).title)
  }
  expect(await titles({ workflows: ['a', /^b/g] }, [failed('a'), failed('bb'), failed('bc'), failed('c')])).toEqual([
    'a',
    'bb',
    'bc',
  ])
  expect(await titles({ workflows: (name) => name === 'c' }, [failed('a'), failed('c')])).toEqual(['c'])
  expect(await titles({ outcomes: ['cancelled'] }, [failed('a'), delivery('b', { outcome: 'cancelled' })])).toEqual([
    'b',
  ])
  const twice = [failed('a'), failed('a'), delivery('a'), failed('a')]
  expect(await titles({ firstFailureOnly: true }, twice)).toEqual(['a', 'a'])
})

test('a cancelled or skipped run is told as what it is, with its reason, and never as a success', async () => {
  const { url, received } = await createReceiver()
  const outcomes = ['cancelled', 'skipped'] as const
  const reasoned = outcomes.map((outcome) => {
    const one = delivery('critical', { outcome })
    const run = { ...one.document.run, reason: outcome === 'cancelled' ? 'by the user' : null }
    return { ...one, document: { ...one.document, run } }
  })
  await send(webhook(url, { outcomes, now: () => new Date(0) }), reasoned)
  const bodies = received.map(({ body }) => JSON.parse(body)).sort((a, b) => (a.message < b.message ? -1 : 1))
  expect(bodies.map(({ message }) => message)).toEqual([
    'Workflow ended as cancelled: by the user',
    'Workflow ended as skipped: no reason was given',
  ])
  expect(bodies[0]).toMatchObject({ severity: 'info', alert_type: 'workflow_cancelled', title: 'critical' })
  expect(received.map(({ headers }) => headers['webhook-id']).sort()).toEqual(
    reasoned.map(({ key }) => `${key}-other`).sort(),
  )
})

test('a revision of a document is told again only when its outcome is another', async () => {
  const { url, received } = await createReceiver()
  const one = failed()
  const better = {
    ...one,
    document: { ...one.document, run: { ...one.document.run, outcome: 'success' as const, title: 'critical' } },
  }
  await send(webhook(url), [one, one, better])
  expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([`${one.key}-failure`, `${one.key}-success`])
})

test('a run inside a run, a running one and a loose step are not told', async () => {
  const { url, received } = await createReceiver()
  const one = failed()
  const nested = {
    ...one,
    document: { ...one.document, run: { ...one.document.run, parent: { run_key: one.key, span_id: null } } },
  }
  await send(webhook(url), [nested, { ...one, final: false }, { ...one, loose: true }])
  expect(received).toEqual([])
})

test('S0.32 what cannot be sent is logged by pino or console, never thrown, and sent again with the same id', async () => {
  const { url, received } = await createReceiver((response, n) => void response.writeHead(n < 3 ? 503 : 200).end())
  const lines: string[] = []
  const sink = webhook(url, { logger: { error: (message) => void lines.push(message) } })
  const { lane } = openLane(temporaryFolder(), sink)
  lane.offer(failed())
  await lane.drain(AbortSignal.timeout(5_000))
  expect(lane.counts().waiting).toBe(1)
  expect(lines).toHaveLength(3)
  for (const line of lines) expect(line).toMatch(/^Failed to send webhook alert: 127\.0\.0\.1:\d+ answered 503$/)
  await lane.drain(AbortSignal.timeout(5_000))
  expect(lane.counts().waiting).toBe(0)
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  await lane.close()
})

test('a logger that throws changes nothing', async () => {
  const { url } = await createReceiver((response) => void response.writeHead(500).end())
  const logger = {
    error() {
      throw new Error('closed')
    },
  }
  expect((await send(slack(url, { logger }), [failed()])).counts).toEqual({ waiting: 1, dropped: 0 })
})

test('S0.32 whatever a sender or a clock does, adding a row does not reject', async () => {
  const said: string[] = []
  const monitor = (options: object) =>
    createMonitor({
      manager: { addStatus: () => undefined },
      webhookUrl: 'https://example.org',
      logger: { error: (message) => void said.push(message) },
      ...options,
    })
  const row = { run_id: '1', title: 't', status: 'failed' }
  await monitor({ send: () => Promise.reject(null) }).addWithMonitoring(row)
  await monitor({ now: () => new Date(Number.NaN) }).addWithMonitoring(row)
  expect(said).toHaveLength(2)
  for (const line of said) expect(line).toMatch(/^Failed to send webhook alert: /)
})

test('a receiver that does not answer is left after the timeout', async () => {
  const { url } = await createReceiver(() => undefined)
  const { said } = await send(webhook(url, { timeoutMs: 30 }), [failed()])
  expect(said.join()).toContain('did not answer within 0.03 s')
})

test('a message is signed as Standard Webhooks say', async () => {
  const { url, received } = await createReceiver()
  const key = Buffer.from('a key of more than 24 bytes')
  await send(webhook(url, { secret: `whsec_${key.toString('base64')}` }), [failed()])
  const { headers, body } = received[0] as (typeof received)[number]
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
  expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(60)
  expect(() => webhook(url, { secret: 'short' })).toThrow(/secret has 5 bytes; give at least 24/)
})

test('S0.33 both addresses are optional; one that is none is refused without being shown', () => {
  expect(() => slack('hooks.slack.com/services/T0/B0/secret')).toThrow(/http or https address/)
  expect(() => slack('hooks.slack.com/services/T0/B0/secret')).not.toThrow(/secret/)
  expect(slack('https://hooks.slack.com/services/T0/B0/secret')).toMatchObject({ name: 'slack at hooks.slack.com' })
  expect(slack('https://hooks.slack.com/services/T0/B0/secret').outbox?.id).not.toContain('secret')
})

test('S2.18–S2.20, S4.20 store, socket and queue are each called, whatever becomes of the others', async () => {
  const calls: unknown[] = []
  const lines: string[] = []
  const hook = createTaskHooks({
    store: { saveTaskHistory: (...args) => void calls.push(['store', ...args]) },
    socket: {
      notifyUser() {
        throw new Error('closed')
      },
    },
    queue: { push: async (message) => void calls.push(['queue', message]) },
    toMessage: (result: { status: string }) => ({ status: result.status, message: `Task ${result.status}` }),
    logger: { error: (message) => void lines.push(message) },
  })
  const result = { status: 'completed' }
  await hook({ userId: 'u', taskId: 't', stepNo: 2, result })
  expect(calls).toEqual([
    ['store', 'u', 't', 2, result],
    ['queue', { status: 'completed', message: 'Task completed' }],
  ])
  expect(lines).toEqual(['Failed to notify the user: closed'])
  await createTaskHooks({})({ userId: 'u', taskId: 't', stepNo: 1, result })
})
