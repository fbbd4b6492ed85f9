import { ATTR } from './attributes.js'
import { buildDocument, type Origin } from './build.js'
import type { DetailedDocument, StatusRow } from './document.js'
import { contradicts, kindOf, parseRunKey, type SpanRecord, textOf, toRunKey, winner } from './record.js'
import { buildRows } from './rows.js'
import { findRepeatedStacks } from './stacks.js'
import { rowsText } from './text.js'
import { buildTree, type RunTree } from './tree.js'

/** The records of one run, whatever came of them so far, and the document they make. */
export interface RunFold {
  readonly key: string
  /** Takes a record in; any order, any number of times. Returns false when it changed nothing. */
  add(record: SpanRecord): boolean
  /** True when something is known of the span. */
  has(span: { readonly traceId: string; readonly spanId: string }): boolean
  /** The winning record of each span. */
  records(): Iterable<SpanRecord>
  /** The rows of the document that the records make now. */
  rows(): StatusRow[]
  /** The document in its plain form, as text; the same bytes as `documentText`, without making the rest. */
  text(): string
  /** The document that the records make now. */
  document(origin?: Origin): DetailedDocument
}

/** Begins the fold of one run (or of one step outside any run) by its key, `<trace id>-<span id>`. */
export function createRunFold(key: string): RunFold {
  const traceId = parseRunKey(key)?.traceId
  const spans = new Map<string, SpanRecord>()
  const contradicted = new Set<string>()
  const idOf = (span: { traceId: string; spanId: string }) => (span.traceId === traceId ? span.spanId : toRunKey(span))
  return {
    key,
    has: (span) => spans.has(idOf(span)),
    add(record) {
      const id = idOf(record)
      const known = spans.get(id)
      if (known === undefined) {
        spans.set(id, record)
        return true
      }
      const won = winner(known, record)
      if (contradicts(known, record)) contradicted.add(id)
      spans.set(id, won)
      return won !== known
    },
    records: () => spans.values(),
    rows: () => buildTreeRows(buildTree(key, spans.values())),
    text: () => rowsText(buildTreeRows(buildTree(key, spans.values()))),
    document: (origin) => buildDocument(buildTree(key, spans.values()), contradicted.size, origin),
  }
}

/** The document of a run whose records are known to be the last word on each span. */
export function documentOf(key: string, records: Iterable<SpanRecord>, origin?: Origin): DetailedDocument {
  return buildDocument(buildTree(key, records), 0, origin)
}

function buildTreeRows(tree: RunTree): StatusRow[] {
  return buildRows(tree, findRepeatedStacks(tree))
}

/** The records of any number of runs, told apart by their run keys. */
export interface Fold {
  /** Takes a record in. Returns the keys of the documents it belongs to; none for a span that is not ours. */
  add(record: SpanRecord): readonly string[]
  /** Every run and loose step seen so far. */
  keys(): readonly string[]
  /** The document of a run; undefined for a key that was never seen. */
  document(key: string, origin?: Origin): DetailedDocument | undefined
  /** Forgets a run. */
  delete(key: string): void
}

/** Begins a fold of many runs. */
export function createFold(): Fold {
  const runs = new Map<string, RunFold>()
  const keyless = new Map<string, SpanRecord>()
  const runOf = (key: string) => {
    const run = runs.get(key) ?? createRunFold(key)
    runs.set(key, run)
    return run
  }
  /** Where each span without a key belongs, as far as the spans around it are known by now. */
  const placeKeyless = () => {
    if (keyless.size === 0) return new Map<string, SpanRecord[]>()
    const owners = new Map<string, string>()
    for (const run of runs.values())
      for (const record of run.records()) owners.set(toRunKey(record), ownerOf(record, run.key))
    return placeByParent(keyless, owners)
  }
  return {
    add(record) {
      const keys = runKeysOf(record)
      if (keys === undefined) {
        const id = toRunKey(record)
        const known = keyless.get(id)
        keyless.set(id, known === undefined ? record : winner(known, record))
        return []
      }
      for (const key of keys) runOf(key).add(record)
      return keys
    },
    keys: () => [...new Set([...runs.keys(), ...placeKeyless().keys()])],
    document(key, origin) {
      const extra = placeKeyless().get(key)
      if (extra === undefined) return runs.get(key)?.document(origin)
      const joined = createRunFold(key)
      for (const record of runs.get(key)?.records() ?? []) joined.add(record)
      for (const record of extra) joined.add(record)
      return joined.document(origin)
    },
    delete: (key) => void runs.delete(key),
  }
}

/** Rebuilds the document of every run in the records, whatever their order; sorted by run key. */
export function foldRuns(records: Iterable<SpanRecord>, origin?: Origin): DetailedDocument[] {
  const fold = createFold()
  for (const record of records) fold.add(record)
  const documents = []
  for (const key of [...fold.keys()].sort()) {
    const document = fold.document(key, origin)
    if (document !== undefined) documents.push(document)
  }
  return documents
}

/**
 * The documents a record belongs to: its run's, and for a run inside a run its own too. None for a span that is not
 * ours; undefined for a step or attempt that does not say, and so belongs where its OpenTelemetry parent does.
 */
export function runKeysOf(record: SpanRecord): readonly string[] | undefined {
  const kind = kindOf(record)
  if (kind === undefined) return []
  const key = textOf(record, ATTR.runKey)
  const named = parseRunKey(key) === undefined ? undefined : key
  if (kind !== 'run') return named === undefined ? undefined : [named]
  const own = toRunKey(record)
  return named === undefined || named === own ? [own] : [named, own]
}

/** The document that what is below a span belongs to; `key` is the one that the span itself is in. */
export function ownerOf(record: SpanRecord, key: string): string {
  return kindOf(record) === 'run' ? toRunKey(record) : key
}

/**
 * The document that each span without a key belongs to: it follows its OpenTelemetry parents to one that has a key, or
 * else begins a loose step of its own.
 *
 * @param keyless such spans, by what their run keys would be.
 * @param owners the document of each other span, by the same; those of the keyless ones are added.
 */
export function placeByParent(
  keyless: ReadonlyMap<string, SpanRecord>,
  owners: Map<string, string>,
): Map<string, SpanRecord[]> {
  const placed = new Map<string, SpanRecord[]>()
  for (const [id, record] of keyless) {
    const path: string[] = []
    const passed = new Set<string>()
    let at: string = id
    while (!owners.has(at) && !passed.has(at)) {
      passed.add(at)
      path.push(at)
      const parentSpanId = keyless.get(at)?.parentSpanId
      const parent = parentSpanId == null ? undefined : toRunKey({ traceId: record.traceId, spanId: parentSpanId })
      if (parent === undefined || !(keyless.has(parent) || owners.has(parent))) break
      at = parent
    }
    // Spans that name each other as parents: the least of the circle is its beginning, wherever one came in.
    const circle = passed.has(at) ? path.slice(path.indexOf(at)).sort() : []
    const owner = owners.get(at) ?? circle[0] ?? at
    for (const step of path) owners.set(step, owner)
    const list = placed.get(owner)
    if (list === undefined) placed.set(owner, [record])
    else list.push(record)
  }
  return placed
}
