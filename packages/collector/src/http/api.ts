import { documentText, parseRunKey } from '@runspan/results/core'
import { Hono } from 'hono'
import type { Counters } from '../metrics.js'
import { toPrometheus } from '../metrics.js'
import type { RunPage, RunStore } from '../store/run-store.js'
import { findDocument, toRunSummary, toSortableStart } from '../store/summary.js'
import { FAULT_CODES, HttpFault, toFault } from './fault.js'
import { RETRY_AFTER } from './limits.js'
import { openApi } from './openapi.js'
import { PAGE_SIZES, parseFlags, parseRunQuery, toPlaceText } from './query.js'

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const

/** Everything that is read over HTTP: runs, documents, health and counts. */
export function createApi(store: RunStore, counters: Counters): Hono {
  const app = new Hono()

  app.use(async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value)
  })

  app.get('/api/runs', async (context) => {
    const page = await store.list(parseRunQuery(searchOf(context.req.url)))
    return context.json(toPageBody(page))
  })

  app.get('/api/runs/:id', async (context) => {
    parseFlags(searchOf(context.req.url), [])
    const found = await find(store, context.req.param('id'))
    if ('choices' in found) return context.json(toChoices(found.choices), 300)
    const { document, start } = found
    const { run, provenance } = document
    return context.json({ summary: toRunSummary(document, start, true), run, provenance })
  })

  app.get('/api/runs/:id/document', async (context) => {
    const flags = parseFlags(searchOf(context.req.url), ['detail', 'strict'])
    const found = await find(store, context.req.param('id'))
    if ('choices' in found) return context.json(toChoices(found.choices), 300)
    return context.body(documentText(found.document, flags), 200, { 'content-type': 'application/json' })
  })

  app.get('/api/openapi.json', (context) => context.json(openApi))
  app.get('/healthz', (context) => context.text('ok\n'))
  app.get('/readyz', async (context) => {
    await store.check()
    return context.text('ok\n')
  })
  app.get('/metrics', (context) =>
    context.body(toPrometheus(counters), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  )

  app.notFound((context) => {
    const known = ['/api/runs', '/healthz', '/metrics', '/readyz'].includes(context.req.path)
    const fault = known
      ? new HttpFault(405, 'This is only read; use GET.')
      : new HttpFault(404, 'There is nothing here; runs are at /api/runs, the description at /api/openapi.json.')
    return toErrorResponse(fault)
  })
  app.onError((error) => toErrorResponse(toFault(error)))
  return app
}

/** An error as the API says it: a status, and a sentence without anything of the inside. */
export function toErrorResponse(fault: HttpFault): Response {
  const headers = new Headers({ 'content-type': 'application/json' })
  if (fault.status === 503) headers.set('retry-after', String(RETRY_AFTER))
  if (fault.status === 401) headers.set('www-authenticate', 'Bearer')
  if (fault.status === 405) headers.set('allow', 'GET')
  const body = JSON.stringify({ error: { code: FAULT_CODES[fault.status], message: fault.message } })
  return new Response(body, { status: fault.status, headers })
}

type Found = { document: NonNullable<ReturnType<typeof findDocument>>; start: string } | { choices: RunPage }

/** Finds a run by its key or its run id. @throws HttpFault 404 */
async function find(store: RunStore, id: string): Promise<Found> {
  if (parseRunKey(id) !== undefined) {
    const stored = await store.read(id)
    const document = stored && findDocument(id, stored.records, stored.revision)
    if (stored !== undefined && document !== undefined) return { document, start: toSortableStart(stored.records) }
  }
  const page = await store.list({ limit: PAGE_SIZES[2], run: id })
  const [only, second] = page.runs
  if (only === undefined) {
    throw new HttpFault(
      404,
      `No run ${JSON.stringify(id.slice(0, 80))} is in this store; /api/runs lists those that are.`,
    )
  }
  if (second !== undefined) return { choices: page }
  return find(store, only.key)
}

function toChoices(page: RunPage): object {
  return { message: 'Several runs have this run id; ask for one of them by its key.', ...toPageBody(page) }
}

function toPageBody(page: RunPage): object {
  return { runs: page.runs, next: page.next && toPlaceText(page.next) }
}

function searchOf(url: string): URLSearchParams {
  const at = url.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : url.slice(at))
}
