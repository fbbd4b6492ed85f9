import { ATTR, documentText, type RecordValue, type SpanRecord, toRunKey } from '@runspan/results/core'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeRecord, makeRun, spanOf, traceOf } from '../testing.testsuite.js'
import { MAX_VERSIONS, type RunStore } from './run-store.js'
import { findDocument } from './summary.js'

const keyOf = (run: number) => toRunKey({ traceId: traceOf(run), spanId: spanOf(0) })
const shuffled = <T>(list: readonly T[]) => [...list].reverse()

/** What holds for every store. `open` gives a new empty one, and a way to open the same one again. */
export function testRunStore(
  name: string,
  open: () => Promise<{ store: RunStore; reopen(): Promise<RunStore> }>,
): void {
  const start = async () => {
    const opened = await open()
    onTestFinished(() => opened.store.close())
    return opened
  }
  const read = async (store: RunStore, run: number): Promise<SpanRecord[]> =>
    (await store.read(keyOf(run)))?.records ?? []

  describe(`${name} as a store of runs`, () => {
    test('what was appended is read back as it was, every value', async () => {
      const { store } = await start()
      const odd = { [ATTR.target]: 'a\u0000b \u2028 é 漢 🙂 \ufffd', [ATTR.progress]: 0.1, [ATTR.ordinal]: 2 ** 53 - 1 }
      const records = [makeRecord({ run: 1, step: 0 }), makeRecord({ run: 1, step: 1, more: odd })]
      expect(await store.append(records)).toEqual({ added: 2, repeated: 0, dropped: 0 })
      expect(await read(store, 1)).toEqual(expect.arrayContaining(records))
    })

    test('a run that was never seen is undefined', async () => {
      const { store } = await start()
      expect(await store.read(keyOf(9))).toBeUndefined()
    })

    test('the same records again change nothing, the revision included', async () => {
      const { store } = await start()
      await store.append(makeRun(1, 3))
      const before = await store.read(keyOf(1))
      expect(await store.append(shuffled(makeRun(1, 3)))).toEqual({ added: 0, repeated: 4, dropped: 0 })
      expect(await store.read(keyOf(1))).toEqual(before)
    })

    test('different versions of a span are all kept, whatever their order, up to a limit that is counted', async () => {
      const { store } = await start()
      const versions = Array.from({ length: MAX_VERSIONS + 2 }, (_, n) =>
        makeRecord({ run: 1, step: 1, more: { [ATTR.title]: `version ${n}` } }),
      )
      expect(await store.append(versions)).toEqual({ added: MAX_VERSIONS, repeated: 0, dropped: 2 })
      expect(await read(store, 1)).toHaveLength(MAX_VERSIONS)
    })

    test('requests that come at the same time are all kept', async () => {
      const { store } = await start()
      const appended = await Promise.all(makeRun(1, 200).map((record) => store.append([record])))
      expect(appended.every(({ added }) => added === 1)).toBe(true)
      expect(await read(store, 1)).toHaveLength(201)
    })

    test('after it was closed and opened again everything is there, lists too', async () => {
      const { store, reopen } = await start()
      await store.append(makeRun(1, 3))
      const listed = await store.list({ limit: 50 })
      await store.close()
      const again = await reopen()
      onTestFinished(() => again.close())
      expect(await again.list({ limit: 50 })).toEqual(listed)
      expect(await read(again, 1)).toHaveLength(4)
    })

    test('a closed store refuses instead of losing', async () => {
      const { store } = await start()
      await store.close()
      await expect(store.append(makeRun(1, 1))).rejects.toMatchObject({ code: 'store_unavailable' })
      await expect(store.check()).rejects.toMatchObject({ code: 'store_unavailable' })
    })

    test('runs are listed by start, the newest first, in pages that neither repeat nor leave out any', async () => {
      const { store } = await start()
      const runs = Array.from({ length: 23 }, (_, n) => n + 1)
      // Several runs share a start: the key decides between them.
      for (const run of [...runs].sort((a, b) => (a % 7) - (b % 7))) {
        await store.append(makeRun(run, 1, { start: Math.floor(run / 3) }))
      }
      const seen: string[] = []
      let before: { start: string; key: string } | undefined
      do {
        const page = await store.list({ limit: 5, before })
        expect(page.runs.length).toBeLessThanOrEqual(5)
        seen.push(...page.runs.map(({ key }) => key))
        before = page.next ?? undefined
      } while (before !== undefined)
      expect(seen).toEqual([...runs].reverse().map(keyOf))
    })

    test('a list can be asked for a workflow, an outcome, a run id, and the beginning of an id', async () => {
      const { store } = await start()
      await store.append(makeRun(1, 1))
      await store.append(
        makeRun(2, 1).map((record) => ({ ...record, attributes: { ...record.attributes, [ATTR.name]: 'other' } })),
      )
      await store.append(makeRun(3, 1, { more: { [ATTR.outcome]: 'failed' } }))
      const keys = async (query: object) => (await store.list({ limit: 50, ...query })).runs.map(({ key }) => key)
      expect(await keys({ workflow: 'other' })).toEqual([keyOf(2)])
      expect(await keys({ outcome: 'failed' })).toEqual([keyOf(3)])
      expect(await keys({ workflow: 'etl', outcome: 'success' })).toEqual([keyOf(1)])
      expect(await keys({ run: 'run-2' })).toEqual([keyOf(2)])
      expect(await keys({ q: 'run-' })).toEqual([keyOf(3), keyOf(2), keyOf(1)])
      expect(await keys({ q: keyOf(1).slice(0, 40) })).toEqual([keyOf(1)])
      expect(await keys({ q: "x' OR 1=1 --" })).toEqual([])
    })

    test('the line of a run counts its steps, and names its first failure', async () => {
      const { store } = await start()
      const failure = {
        [ATTR.outcome]: 'failed',
        [ATTR.exceptionMessage]: 'no such table\nin detail',
        [ATTR.errorType]: 'Error',
      }
      await store.append([makeRecord({ run: 1, step: 0, more: failure }), makeRecord({ run: 1, step: 1 })])
      await store.append([makeRecord({ run: 1, step: 2, more: failure })])
      const [line] = (await store.list({ limit: 50 })).runs
      expect(line).toMatchObject({
        run_id: 'run-1',
        workflow: 'etl',
        outcome: 'failed',
        steps: { known: 2, finished: 2, failed: 1, retries: 0 },
      })
      expect(line!.error).toBe('Error: no such table')
    })

    test('a run whose own span has not come is listed as running, and takes its place when it comes', async () => {
      const { store } = await start()
      await store.append([makeRecord({ run: 1, step: 1, start: 500 })])
      await store.append(makeRun(2, 0, { start: 400 }))
      expect((await store.list({ limit: 50 })).runs[0]).toMatchObject({
        key: keyOf(1),
        outcome: 'running',
        run_id: null,
      })
      await store.append([makeRecord({ run: 1, step: 0, start: 300 })])
      const { runs } = await store.list({ limit: 50 })
      expect(runs.map(({ key }) => key)).toEqual([keyOf(2), keyOf(1)])
      expect(runs[1]).toMatchObject({ outcome: 'success', run_id: 'run-1', steps: { known: 1 } })
    })

    test('of two versions of the own span the list shows the same one in any order', async () => {
      const versions = ['success', 'failed'].map((outcome) =>
        makeRecord({ run: 1, step: 0, start: outcome === 'failed' ? 7 : 9, more: { [ATTR.outcome]: outcome } }),
      )
      const lists = []
      for (const order of [versions, shuffled(versions), [...versions, versions[0]!]]) {
        const { store } = await start()
        for (const record of order) await store.append([record])
        lists.push(await store.list({ limit: 50 }))
      }
      expect(lists[1]).toEqual(lists[0])
      expect(lists[2]).toEqual(lists[0])
    })

    test('a run inside a run has its own records and is found by its id, but is not among the outermost runs', async () => {
      const { store } = await start()
      const outer = makeRun(1, 1)
      const nested = { ...makeRecord({ run: 2, step: 0 }) }
      const inner: SpanRecord = { ...nested, attributes: { ...nested.attributes, [ATTR.runKey]: keyOf(1) } }
      await store.append([...outer, inner, makeRecord({ run: 2, step: 1 })])
      expect((await store.list({ limit: 50 })).runs.map(({ key }) => key)).toEqual([keyOf(1)])
      expect((await store.list({ limit: 50, run: 'run-2' })).runs.map(({ key }) => key)).toEqual([keyOf(2)])
      expect(await read(store, 1)).toHaveLength(3)
      expect(await read(store, 2)).toHaveLength(2)
    })

    test('a step outside any run can be read, and is not listed', async () => {
      const { store } = await start()
      const step = makeRecord({ run: 1, step: 0, more: { [ATTR.kind]: 'step' } })
      await store.append([step])
      expect((await store.list({ limit: 50 })).runs).toEqual([])
      expect(await read(store, 1)).toEqual([step])
    })

    test('a span that names no run is read with the run of its trace, and counted in its line', async () => {
      const { store } = await start()
      await store.append(makeRun(1, 1))
      await store.list({ limit: 50 })
      const { [ATTR.runKey]: _, [ATTR.parentId]: __, ...attributes } = makeRecord({ run: 1, step: 2 }).attributes
      await store.append([{ ...makeRecord({ run: 1, step: 2 }), attributes }])
      expect(await read(store, 1)).toHaveLength(3)
      expect((await store.list({ limit: 50 })).runs[0]!.steps).toMatchObject({ known: 2 })
    })

    test('whatever a record holds, it is stored, listed and made a document, and its neighbours too', async () => {
      const { store } = await start()
      const id = (digits: number) => fc.constantFrom('1', '2', '3').map((digit) => digit.repeat(digits))
      const key = fc.tuple(id(32), id(16)).map(([traceId, spanId]) => toRunKey({ traceId, spanId }))
      const value: fc.Arbitrary<RecordValue> = fc.oneof(
        key,
        id(16),
        fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
        fc.constantFrom(
          'run',
          'step',
          'attempt',
          'success',
          'failed',
          '[[',
          '{"a":',
          '0000',
          'constructor',
          '__proto__',
        ),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
      )
      const nanos = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String), fc.constantFrom('0', '1'))
      const hostile: fc.Arbitrary<SpanRecord> = fc.record({
        phase: fc.constantFrom('started', 'progress', 'interrupted', 'ended'),
        seq: fc.nat(),
        traceId: id(32),
        spanId: id(16),
        parentSpanId: fc.option(id(16)),
        name: fc.string(),
        start: nanos,
        end: fc.option(nanos),
        status: fc.constantFrom('unset', 'ok', 'error'),
        attributes: fc
          .tuple(
            fc.dictionary(fc.constantFrom(...Object.values(ATTR)), value),
            fc.constantFrom('run', 'step', 'attempt'),
          )
          .map(([odd, kind]) => ({ ...odd, [ATTR.kind]: kind })),
      })
      let neighbour = 100
      await fc.assert(
        fc.asyncProperty(fc.array(hostile, { maxLength: 12 }), async (records) => {
          neighbour += 1
          await store.append([...records, ...makeRun(neighbour, 1)])
          expect(await read(store, neighbour)).toHaveLength(2)
          for (const { key } of (await store.list({ limit: 50 })).runs) {
            const stored = (await store.read(key))!
            const document = findDocument(key, stored.records, stored.revision)
            expect(document, key).toBeDefined()
            expect(JSON.parse(documentText(document!, { detail: true })).run.key).toBe(key)
          }
        }),
        { numRuns: 60 },
      )
    })
  })
}
