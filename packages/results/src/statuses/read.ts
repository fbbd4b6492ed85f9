import {
  type DetailedDocument,
  DOCUMENT_SCHEMA,
  type ResultsDocument,
  type StatusRow,
  type StepNode,
} from '../core/document.js'
import { quote, ResultsError } from '../core/results-error.js'
import { isNumericRunId } from '../core/run-id.js'
import { check, type Place, readSafely } from '../schemas/check.js'
import { detailSchema, stepSchema } from '../schemas/detail.js'
import { parseRow } from '../schemas/row.js'
import { WorkflowExecutionResults } from './results.js'
import { toStatus } from './status.js'

/** How documents are read. */
export interface ReadOptions {
  /**
   * Refuses a `run_id` that is no number.
   * @default false
   */
  strict?: boolean | undefined
}

const CODE = 'invalid_document'
const SHAPES = '{"statuses": […]}, {"detailed_results": "<its text>"} or an array of statuses'

/**
 * Reads the statuses of a document: JSON text (a byte order mark may stand before it) or its value, in one of three
 * shapes, looked for in this order: `{statuses}`, `{detailed_results: "<text>"}`, a bare array. Other keys are left out.
 *
 * @throws ResultsError `invalid_json`, `invalid_document` or `invalid_run_id`, with the JSON path of the first fault.
 */
export function parseResults(input: unknown, options: ReadOptions = {}): WorkflowExecutionResults {
  return readSafely(CODE, () => {
    const { rows, path } = locateRows(toValue(input))
    return new WorkflowExecutionResults({ statuses: parseRows(rows, path, options).map(toStatus) })
  })
}

/** Reads the one shape that is written, `{statuses}`, from text. */
export function parseResultsText(text: string, options: ReadOptions = {}): WorkflowExecutionResults {
  const value = parseJson(text, '$')
  if (!isObject(value) || !Object.hasOwn(value, 'statuses')) {
    throw refusal('$', value, '{"statuses": […]}; parseResults reads the other shapes')
  }
  return parseResults(value, options)
}

/**
 * Reads a document with all its detail, where it has any; without, it is the plain document. Detail is what has a
 * `schema` key: any `runspan.document/1`, whatever keys are added to it later; keys not known here are left out.
 *
 * @throws ResultsError as {@link parseResults} does.
 */
export function parseDocument(input: unknown, options: ReadOptions = {}): ResultsDocument | DetailedDocument {
  return readSafely(CODE, () => {
    const value = toValue(input)
    const { rows, path } = locateRows(value)
    const statuses = parseRows(rows, path, options)
    return isObject(value) && Object.hasOwn(value, 'schema') ? withDetail(statuses, value) : { statuses }
  })
}

/** True for a document that has its detail: the run, the tree of steps and the provenance. */
export function isDetailed(document: ResultsDocument): document is DetailedDocument {
  return (document as Partial<DetailedDocument>).schema === DOCUMENT_SCHEMA
}

function withDetail(statuses: StatusRow[], value: object): DetailedDocument {
  const { schema, run, steps, provenance } = check(detailSchema, value, { path: '$', code: CODE })
  return { statuses, schema, run, steps: parseSteps(steps), provenance }
}

/** Goes down the tree without recursion: a document may nest deeper than the stack. */
function parseSteps(inputs: unknown[]): StepNode[] {
  const top: StepNode[] = []
  const waiting = [{ inputs, into: top, path: '$.steps' }]
  for (let level = waiting.pop(); level !== undefined; level = waiting.pop()) {
    for (const [index, input] of level.inputs.entries()) {
      const path = `${level.path}[${index}]`
      const { steps, ...step } = check(stepSchema, input, { path, code: CODE })
      const node: StepNode = { ...step, steps: [] }
      level.into.push(node)
      if (steps.length > 0) waiting.push({ inputs: steps, into: node.steps, path: `${path}.steps` })
    }
  }
  return top
}

function parseRows(rows: unknown[], path: string, options: ReadOptions): StatusRow[] {
  return Array.from(rows, (input, index) => {
    const place: Place = { path: `${path}[${index}]`, code: CODE }
    const row = parseRow(input, place)
    if (options.strict && !isNumericRunId(row.run_id)) {
      const at = `${place.path}.run_id`
      throw new ResultsError('invalid_run_id', `${at} is ${quote(row.run_id)}; a strict reader allows numbers only.`, {
        path: at,
      })
    }
    return row
  })
}

function locateRows(value: unknown): { rows: unknown[]; path: string } {
  if (Array.isArray(value)) return { rows: value, path: '$' }
  if (!isObject(value)) throw refusal('$', value, SHAPES)
  if (Object.hasOwn(value, 'statuses')) return statusesOf(value, '$.statuses')
  if (!Object.hasOwn(value, 'detailed_results')) throw refusal('$', value, SHAPES)
  const { detailed_results: text } = value as { detailed_results: unknown }
  const path = '$.detailed_results'
  if (typeof text !== 'string') throw refusal(path, text, 'a document as JSON text')
  const inner = parseJson(text, path)
  if (!isObject(inner)) throw refusal(path, inner, '{"statuses": […]}')
  return statusesOf(inner, `${path}.statuses`)
}

function statusesOf(value: object, path: string): { rows: unknown[]; path: string } {
  const rows = Object.hasOwn(value, 'statuses') ? (value as { statuses: unknown }).statuses : undefined
  if (!Array.isArray(rows)) throw refusal(path, rows, 'an array of statuses')
  return { rows, path }
}

/** What a reader is given: JSON text is taken apart, anything else is the value. @throws ResultsError `invalid_json`. */
export function toValue(input: unknown): unknown {
  return typeof input === 'string' ? parseJson(input, '$') : input
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
  } catch (cause) {
    const message = `${path} is no JSON text: ${quote(text)} (${text.length} characters). ${reasonOf(cause)}`
    throw new ResultsError('invalid_json', message, { path, cause })
  }
}

/** The engine's own words, which say where the text breaks off; shortened, because they may quote the text. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.slice(0, 200) : String(cause)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refusal(path: string, value: unknown, allowed: string): ResultsError {
  const found = value === undefined ? 'is missing' : `is ${quote(value)}`
  return new ResultsError(CODE, `${path} ${found}; allowed is ${allowed}.`, { path })
}
