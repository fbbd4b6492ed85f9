import { ATTR, createRunFold, documentText, toRunKey } from '@runspan/results/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { getJson, makeRecord, makeRun, openCollector, send, spanOf, toRequest, traceOf } from '../testing.testsuite.js'
import { LIST_PARAMETERS } from './query.js'

const keyOf = (run: number) => toRunKey({ traceId: traceOf(run), spanId: spanOf(0) })
const get = async (url: string) => {
  const answer = await fetch(url)
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

describe('GET /api/runs', () => {
  test('pages of 50 follow one another by "next" until it is null', async () => {
    const collector = await openCollector()
    const runs = Array.from({ length: 120 }, (_, n) => n + 1)
    await send(collector, toRequest(runs.flatMap((run) => makeRun(run, 1, { start: run }))))
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const page = await getJson(collector, `/api/runs?limit=50${next && `&before=${next}`}`)
      seen.push(...page.runs.map((run: { key: string }) => run.key))
      next = page.next
    }
    expect(seen).toEqual([...runs].reverse().map(keyOf))
  })

  test.each([
    ['limit=3', '50, 100, 200'],
    ['limit=', '50, 100, 200'],
    ['limit=50&limit=100', 'given twice'],
    ['outcome=great', 'queued, running, paused, success'],
    ['before=yesterday', 'the \\"next\\" of an earlier page'],
    ['page=2', LIST_PARAMETERS.join(', ')],
    ['run_id=1', LIST_PARAMETERS.join(', ')],
    ['constructor=1', LIST_PARAMETERS.join(', ')],
  ])('?%s is refused with 400 and what is allowed', async (query, allowed) => {
    const collector = await openCollector()
    const { status, text } = await get(`${collector.url}/api/runs?${query}`)
    expect(status).toBe(400)
    expect(text).toContain(allowed)
  })

  test('whatever stands in a parameter, the answer is 200 or 400, and the rows stay (U5)', async () => {
    const collector = await openCollector()
    await send(collector, toRequest(makeRun(1, 1)))
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom("'", "' OR 1=1 --", '"; DROP TABLE homes', '%00', '\u0000', '%', '_', '\ud800', '9'.repeat(400)),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...LIST_PARAMETERS), hostile, async (name, value) => {
        const query = new URLSearchParams({ [name]: value })
        expect([200, 400]).toContain((await get(`${collector.url}/api/runs?${query}`)).status)
      }),
      { numRuns: 150 },
    )
    expect((await getJson(collector, '/api/runs')).runs).toHaveLength(1)
  })
})

describe('GET /api/runs/{id}', () => {
  test('a run is found by its key and by its run id, with its facts', async () => {
    const collector = await openCollector()
    await send(collector, toRequest(makeRun(1, 2)))
    const byKey = await getJson(collector, `/api/runs/${keyOf(1)}`)
    expect(byKey).toMatchObject({
      summary: { key: keyOf(1), run_id: 'run-1', steps: { known: 2 } },
      run: { key: keyOf(1), name: 'etl', outcome: 'success' },
      provenance: { road: 'otlp', revision: 1 },
    })
    expect(await getJson(collector, '/api/runs/run-1')).toEqual(byKey)
  })

  test('a run id of several runs is answered with 300 and their list', async () => {
    const collector = await openCollector()
    for (const run of [1, 2]) await send(collector, toRequest(makeRun(run, 1, { more: { [ATTR.runId]: 'same' } })))
    for (const path of ['/api/runs/same', '/api/runs/same/document']) {
      const { status, text } = await get(collector.url + path)
      expect(status).toBe(300)
      expect(JSON.parse(text).runs.map((run: { key: string }) => run.key)).toEqual([keyOf(2), keyOf(1)])
    }
  })

  test.each(['nothing', keyOf(77), '..%2f..%2fetc%2fpasswd', '%00', "'%20OR%201=1", '%F0%9F%99%82', 'x'.repeat(5000)])(
    'the unknown id %s is answered with 404 and a sentence',
    async (id) => {
      const collector = await openCollector()
      const { status, text } = await get(`${collector.url}/api/runs/${id}`)
      expect(status).toBe(404)
      expect(JSON.parse(text).error.message).toMatch(/^No run .* is in this store/)
      expect(text.length).toBeLessThan(700)
    },
  )
})

describe('GET /api/runs/{id}/document', () => {
  test('it is the document of the fold, byte for byte, in all four forms', async () => {
    const collector = await openCollector()
    const records = [
      ...makeRun(1, 2),
      makeRecord({ run: 1, step: 3, more: { [ATTR.id]: 'load', [ATTR.title]: '漢\u0000🙂' } }),
    ]
    await send(collector, toRequest(records))
    const fold = createRunFold(keyOf(1))
    for (const record of records) fold.add(record)
    for (const detail of [false, true]) {
      for (const strict of [false, true]) {
        const { text, headers } = await get(
          `${collector.url}/api/runs/run-1/document?detail=${Number(detail)}&strict=${Number(strict)}`,
        )
        expect(text).toBe(documentText(fold.document({ road: 'otlp', revision: 1 }), { detail, strict }))
        expect(headers.get('content-type')).toBe('application/json')
        expect(headers.get('x-content-type-options')).toBe('nosniff')
      }
    }
  })

  test.each(['detail=yes', 'detail=2', 'strict=', 'pretty=1'])('?%s is refused with 400', async (query) => {
    const collector = await openCollector()
    await send(collector, toRequest(makeRun(1, 0)))
    expect((await get(`${collector.url}/api/runs/run-1/document?${query}`)).status).toBe(400)
  })
})

describe('the rest', () => {
  test('the description names the paths that there are, and each of them answers', async () => {
    const collector = await openCollector()
    await send(collector, toRequest(makeRun(1, 0)))
    const { paths } = await getJson(collector, '/api/openapi.json')
    for (const [path, methods] of Object.entries<any>(paths)) {
      const { status } = await get(collector.url + path.replace('{id}', 'run-1'))
      expect(Object.keys(methods.get.responses), path).toContain(String(status))
      for (const { name, in: place } of methods.get.parameters ?? []) {
        if (place === 'query')
          expect((await get(`${collector.url}${path.replace('{id}', 'run-1')}?${name}=\u0001`)).status).not.toBe(404)
      }
    }
  })

  test('the counts are served for Prometheus, with labels from a closed list only (R14)', async () => {
    const collector = await openCollector()
    await send(collector, toRequest(makeRun(1, 2), [{ name: 'hostile"} 1\n' }]))
    await send(collector, toRequest(makeRun(1, 2)))
    await send(collector, '{')
    const { text } = await get(`${collector.url}/metrics`)
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(samples).toContain('runspan_spans_accepted_total 6')
    expect(samples).toContain('runspan_records_stored_total 3')
    expect(samples).toContain('runspan_records_repeated_total 3')
    expect(samples).toContain('runspan_dropped_total{reason="rejected"} 1')
    expect(samples).toContain('runspan_dropped_total{reason="malformed"} 1')
    for (const sample of samples) expect(sample).toMatch(/^runspan_[a-z_]+(\{reason="[a-z_]+"\})? \d+$/)
  })

  test('what there is not is 404, and what is only read is 405, with a sentence', async () => {
    const collector = await openCollector()
    expect(await get(`${collector.url}/nothing`)).toMatchObject({
      status: 404,
      text: expect.stringContaining('/api/runs'),
    })
    expect((await fetch(`${collector.url}/api/runs`, { method: 'DELETE' })).status).toBe(405)
  })

  test('after a restart the same runs are there', async () => {
    const { startCollector } = await import('../start-collector.js')
    const { makeFolder } = await import('../testing.testsuite.js')
    const store = `${makeFolder()}/store.db`
    const first = await startCollector({ store, port: 0 })
    await send(first, toRequest(makeRun(1, 2)))
    const before = await getJson(first, '/api/runs')
    await first.close()
    const second = await openCollector({ store })
    expect(await getJson(second, '/api/runs')).toEqual(before)
  })
})
