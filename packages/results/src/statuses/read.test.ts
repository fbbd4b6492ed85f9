import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DetailedDocument, StatusRow } from '../core/document.js'
import { isResultsError, type ResultsError } from '../core/results-error.js'
import { documentText } from '../core/text.js'
import { detailed } from './detailed.testsuite.js'
import { readGolden, thrownBy } from './golden.testsuite.js'
import { WorkflowResultManager } from './manager.js'
import { isDetailed, parseDocument, parseResults } from './read.js'
import { toJson } from './write.js'

const ROW = { run_id: '0001', title: 'T', status: 'success', mode: 'M' }
const NULLS = { error_code: null, error_message: null, target: null, stacktrace: null }
const FULL: StatusRow = { ...ROW, ...NULLS }

interface LoadCase {
  input: string | { load_any: string }
  output?: (Partial<StatusRow> | string)[]
  error?: { errors: { loc: (string | number)[]; type: string }[] }
}

describe('documents that load', () => {
  const cases = readGolden<LoadCase>('s0-load')
  const texts = cases.filter((golden) => typeof golden.input === 'string')
  const shapes = cases.filter((golden) => typeof golden.input === 'object')

  function toPath(loc: readonly (string | number)[]): string {
    return `$${loc.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')}`
  }

  it.each(texts)('S0.10 a text is read or refused as in the original: case %#', ({ input, output, error }) => {
    const text = input as string
    const load = (): object[] => [...WorkflowResultManager.fromJson(text)].map((status) => ({ ...status }))
    const marked = text.startsWith('\ufeff')
    const tooLarge = text.includes('9007199254740993')
    if (marked) expect(load()).toEqual([FULL])
    else if (output !== undefined && !tooLarge)
      expect(load()).toEqual(output.map((row) => ({ ...NULLS, ...(row as object) })))
    else {
      const refused = thrownBy(load)
      expect(isResultsError(refused)).toBe(true)
      const [first] = error?.errors ?? [{ loc: ['statuses', 0, 'error_code'], type: 'int' }]
      // A document without statuses is told at its root, and the word Infinity is no JSON to begin with.
      const atRoot = (first?.type === 'missing' && first.loc.length === 1) || text.includes('Infinity')
      const path = atRoot ? '$' : toPath(first?.loc ?? [])
      expect(refused).toMatchObject({ path })
    }
  })

  it.each(shapes)(
    'S0.24 the loader of three shapes reads or refuses as in the original: case %#',
    ({ input, output }) => {
      const load = (): string[] =>
        parseResults((input as { load_any: string }).load_any).statuses.map((row) => row.run_id)
      if (output !== undefined) expect(load()).toEqual(output)
      else expect(isResultsError(thrownBy(load))).toBe(true)
    },
  )

  it('S0.24 the three shapes are looked for in their order, in text and in values', () => {
    const other = { ...FULL, run_id: '0002' }
    const both = { statuses: [FULL], detailed_results: toJson([other]) }
    expect({ ...parseResults(both).statuses[0] }).toEqual(FULL)
    expect({ ...parseResults({ detailed_results: toJson([other]) }).statuses[0] }).toEqual(other)
    expect({ ...parseResults([FULL]).statuses[0] }).toEqual(FULL)
    expect({ ...parseResults(JSON.stringify({ detailed_results: toJson([other]) })).statuses[0] }).toEqual(other)
  })

  it('S0.10 any rows that are written are read again as the same, and written as the same text', () => {
    const text = fc.string({ unit: 'binary' })
    const optional = fc.option(text)
    const row = fc.record({
      run_id: fc.oneof(fc.nat().map(String), fc.uuid(), fc.stringMatching(/^\d{1,6}_retry_\d$/)),
      title: text,
      status: text,
      mode: text,
      error_code: fc.option(fc.maxSafeInteger()),
      error_message: optional,
      target: optional,
      stacktrace: optional,
    })
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const read = parseResults(rows)
        const written = toJson(read)
        expect(parseResults(written)).toEqual(read)
        expect(WorkflowResultManager.fromJson(written).toJson()).toBe(written)
      }),
    )
  })
})

describe('strict reading', () => {
  it('S0.2 an id that is no number is refused with its path', () => {
    const rows = [FULL, { ...FULL, run_id: '001_retry_0' }]
    expect(parseResults(rows).statuses).toHaveLength(2)
    expect(thrownBy(() => parseResults(rows, { strict: true }))).toMatchObject({
      code: 'invalid_run_id',
      path: '$[1].run_id',
      message: '$[1].run_id is "001_retry_0"; a strict reader allows numbers only.',
    })
    expect(thrownBy(() => WorkflowResultManager.fromJson(toJson(rows), { strict: true }))).toMatchObject({
      path: '$.statuses[1].run_id',
    })
    expect(parseResults([FULL], { strict: true }).statuses).toHaveLength(1)
  })
})

describe('documents that are refused', () => {
  it.each([
    ['nothing', undefined, '$', '$ is missing; allowed is {"statuses": […]},'],
    ['a number', NaN, '$', '$ is NaN; allowed is'],
    ['a function', () => [], '$', '$ is a function; allowed is'],
    ['no statuses', { rows: [] }, '$', '$ is an object; allowed is {"statuses": […]}'],
    [
      'statuses that are none',
      { statuses: null },
      '$.statuses',
      '$.statuses is null; allowed is an array of statuses.',
    ],
    [
      'a row that is a number',
      [FULL, 7],
      '$[1]',
      '$[1] is 7; allowed is an object with run_id, title, status and mode.',
    ],
    [
      'NaN as code',
      { statuses: [{ ...FULL, error_code: NaN }] },
      '$.statuses[0].error_code',
      'is NaN; allowed is a whole',
    ],
    ['a blank id', [{ ...FULL, run_id: ' ' }], '$[0].run_id', '$[0].run_id is " "; allowed is a number or a name'],
    ['inner text', { detailed_results: '{"statuses":[{}]}' }, '$.detailed_results.statuses[0].run_id', 'is missing'],
    [
      'inner JSON',
      { detailed_results: '{"sta' },
      '$.detailed_results',
      '$.detailed_results is no JSON text: "{\\"sta"',
    ],
  ])('%s', (_what, input, path, message) => {
    const error = thrownBy(() => parseResults(input)) as ResultsError
    expect(isResultsError(error)).toBe(true)
    expect(error.path).toBe(path)
    expect(error.message).toContain(message)
  })

  it('several faults are named by the first, with the paths of some others', () => {
    const error = thrownBy(() => parseResults([{ error_code: 'x', target: 5, stacktrace: 6 }])) as ResultsError
    expect(error.message).toBe(
      '$[0].run_id is missing; allowed is a number or a name of 1 to 256 characters. ' +
        'Also refused: $[0].title, $[0].status, $[0].mode and 3 more.',
    )
  })

  it('a document cut at any place is refused whole', () => {
    const text = toJson([{ ...FULL, title: 'naïve 🚀 "quoted"', error_code: 500, stacktrace: 'a\nb' }, FULL])
    for (let end = 0; end < text.length; end += 1) {
      expect(thrownBy(() => parseResults(text.slice(0, end)))).toMatchObject({ code: 'invalid_json', path: '$' })
    }
    const bytes = new TextEncoder().encode(text)
    for (let end = 0; end < bytes.length; end += 1) {
      const cut = new TextDecoder().decode(bytes.subarray(0, end))
      expect(thrownBy(() => parseResults(cut))).toMatchObject({ code: 'invalid_json' })
    }
  })

  it('texts of 10 MB are read, and shown shortened when they are wrong', () => {
    const long = 'x'.repeat(10_000_000)
    expect(parseResults([{ ...FULL, title: long }]).statuses[0]?.title).toHaveLength(10_000_000)
    for (const input of [long, [{ ...FULL, run_id: long }], [{ ...FULL, error_code: long }]]) {
      expect((thrownBy(() => parseResults(input)) as Error).message.length).toBeLessThan(500)
    }
  })

  it('keys named __proto__ change no prototype and supply no field', () => {
    const polluted = '{"__proto__":{"polluted":1},"statuses":[{"__proto__":{"title":"sly","polluted":1},"run_id":"1"'
    const complete = `${polluted},"title":"T","status":"s","mode":"m"}]}`
    const [status] = parseResults(complete).statuses
    expect({ ...status }).toEqual({ ...FULL, title: 'T', status: 's', mode: 'm' })
    expect(status?.constructor.name).toBe('WorkflowExecutionStatus')
    expect(thrownBy(() => parseResults(`${polluted},"status":"s","mode":"m"}]}`))).toMatchObject({
      path: '$.statuses[0].title',
    })
    expect(thrownBy(() => parseResults('{"__proto__":{"statuses":[]}}'))).toMatchObject({ path: '$' })
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it('a value whose properties throw is refused, with what was thrown as the cause', () => {
    const cause = new Error('mine')
    const hostile = Proxy.revocable({}, {})
    hostile.revoke()
    const getter = {
      get statuses() {
        throw cause
      },
    }
    expect(thrownBy(() => parseResults(getter))).toMatchObject({ code: 'invalid_document', path: '$', cause })
    expect(thrownBy(() => parseResults(hostile.proxy))).toMatchObject({ code: 'invalid_document' })
    expect(thrownBy(() => parseDocument([hostile.proxy]))).toMatchObject({ code: 'invalid_document' })
  })

  it('whatever is given, the answer is statuses or an error of ours', () => {
    const shape = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, fc.anything({ withBigInt: true }), tie('row'), tie('document')),
      row: fc.record({ run_id: tie('value'), title: tie('value'), error_code: tie('value') }, { requiredKeys: [] }),
      document: fc.record(
        { statuses: fc.array(tie('row')), detailed_results: tie('value'), schema: fc.constant('runspan.document/1') },
        { requiredKeys: [] },
      ),
    }))
    fc.assert(
      fc.property(shape.value, fc.boolean(), (input, strict) => {
        for (const parse of [parseResults, parseDocument]) {
          try {
            expect(Array.isArray(parse(input, { strict }).statuses)).toBe(true)
          } catch (error) {
            expect(isResultsError(error), String(error)).toBe(true)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('detailed documents', () => {
  it('are read with their detail, and written as the same text again', () => {
    const text = documentText(detailed(), { detail: true })
    const read = parseDocument(text)
    expect(isDetailed(read)).toBe(true)
    expect(read).toEqual(JSON.parse(text))
    expect(documentText(read as DetailedDocument, { detail: true })).toBe(text)
  })

  it('S0.24 are read without their detail by parseResults', () => {
    const text = documentText(detailed(), { detail: true })
    expect(toJson(parseResults(text))).toBe(documentText(detailed()))
    expect(isDetailed(parseResults(text))).toBe(false)
  })

  it('plain documents have none', () => {
    const read = parseDocument({ statuses: [ROW] })
    expect(isDetailed(read)).toBe(false)
    expect(read).toEqual({ statuses: [FULL] })
  })

  it('may have keys of a later day, which are left out', () => {
    const later = { ...detailed(), later: 1, run: { ...detailed().run, later: { a: 1 } } }
    expect(parseDocument(JSON.stringify(later))).toEqual(JSON.parse(JSON.stringify(detailed())))
  })

  it.each<[string, (document: any) => void, string]>([
    [
      'another schema',
      (d) => Object.assign(d, { schema: 'runspan.document/2' }),
      '$.schema is "runspan.document/2"; allowed is "runspan.document/1".',
    ],
    ['no run', (d) => delete d.run, '$.run is missing; allowed is an object.'],
    [
      'an unknown outcome',
      (d) => Object.assign(d.run, { outcome: 'done' }),
      '$.run.outcome is "done"; allowed is "queued", "running"',
    ],
    [
      'a time that is none',
      (d) => Object.assign(d.run, { started_at: 'noon' }),
      '$.run.started_at is "noon"; allowed is a time in UTC',
    ],
    [
      'a captured NaN',
      (d) => Object.assign(d.run, { inputs: [NaN] }),
      '$.run.inputs is an array of 1; allowed is a JSON value',
    ],
    ['a captured nothing', (d) => delete d.run.outputs, '$.run.outputs is missing; allowed is a JSON value'],
    [
      'a wrong step far down',
      (d) => Object.assign(d.steps[0].steps[0], { kind: 'job' }),
      '$.steps[0].steps[0].kind is "job"; allowed is "step", "run".',
    ],
    [
      'an endless duration',
      (d) => Object.assign(d.run, { duration_ms: Infinity }),
      '$.run.duration_ms is Infinity; allowed is a finite number or null.',
    ],
    [
      'a negative count',
      (d) => Object.assign(d.provenance, { dropped: -1 }),
      '$.provenance.dropped is -1; allowed is a number from 0.',
    ],
  ])('are refused with %s', (_what, spoil, message) => {
    const document = structuredClone(detailed())
    spoil(document)
    const error = thrownBy(() => parseDocument(document)) as ResultsError
    expect(error.code).toBe('invalid_document')
    expect(error.message).toContain(message)
    expect(parseResults(document).statuses.length).toBeGreaterThan(0)
  })

  it('a tree of 20,000 steps inside each other is read without recursion', () => {
    const document = detailed()
    const leaf = { ...(document.steps[0] as object), steps: [] as object[] }
    let top = leaf
    for (let depth = 1; depth < 20_000; depth += 1) top = { ...leaf, steps: [top] }
    let depth = 0
    let at = parseDocument({ ...document, steps: [top] }) as { steps: object[] } | undefined
    for (; at !== undefined; at = at.steps[0] as typeof at) depth += 1
    expect(depth).toBe(20_001)
  })

  it('captured data nests at most 1,000 deep', () => {
    const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
    const of = (depth: number) => ({ ...detailed(), run: { ...detailed().run, inputs: nested(depth) } })
    expect(isDetailed(parseDocument(of(1_000)))).toBe(true)
    expect(thrownBy(() => parseDocument(of(1_001)))).toMatchObject({ code: 'invalid_document', path: '$.run.inputs' })
  })

  it('a circle in what was captured is refused', () => {
    const circle: unknown[] = []
    circle.push({ circle })
    const document = { ...detailed(), run: { ...detailed().run, inputs: circle } }
    expect(thrownBy(() => parseDocument(document))).toMatchObject({ code: 'invalid_document', path: '$.run.inputs' })
  })
})
