import type { DetailedDocument, ResultsDocument } from '../core/document.js'
import { isResultsError, ResultsError } from '../core/results-error.js'
import { parseDocument, type ReadOptions } from './read.js'

/** How a stream of documents, one on each line, is read. */
export interface LinesOptions extends ReadOptions {
  /**
   * True when each item is a line without its end; otherwise the items are pieces of text, cut anywhere.
   * @default false
   */
  lines?: boolean | undefined
  /** Hears of a line that is no document, which is then left out. Without it the first such line ends the reading. */
  onError?: ((error: ResultsError, line: number) => void) | undefined
  /**
   * The longest line, in UTF-16 code units.
   * @default 67108864
   */
  maxLine?: number | undefined
}

type Document = ResultsDocument | DetailedDocument

const MAX_LINE = 64 * 1024 * 1024

/**
 * Reads JSON Lines: one document, in any shape that `parseDocument` takes, on each line; empty lines are passed over.
 * One line is held at a time. The items come from an iterable, or from an async one such as a file's stream with an
 * encoding; bytes are refused.
 *
 * @throws ResultsError as `parseDocument` does, with the number of the line in its message.
 */
export function parseJsonLines(source: Iterable<string>, options?: LinesOptions): Generator<Document>
export function parseJsonLines(source: AsyncIterable<string>, options?: LinesOptions): AsyncGenerator<Document>
export function parseJsonLines(
  source: Iterable<string> | AsyncIterable<string>,
  options: LinesOptions = {},
): Generator<Document> | AsyncGenerator<Document> {
  return Symbol.asyncIterator in Object(source)
    ? readAsync(source as AsyncIterable<string>, options)
    : readSync(source as Iterable<string>, options)
}

function* readSync(source: Iterable<string>, options: LinesOptions): Generator<Document> {
  const reader = createReader(options)
  for (const item of source) yield* reader.push(item)
  yield* reader.end()
}

async function* readAsync(source: AsyncIterable<string>, options: LinesOptions): AsyncGenerator<Document> {
  const reader = createReader(options)
  for await (const item of source) yield* reader.push(item)
  yield* reader.end()
}

interface Reader {
  push(item: string): Iterable<Document>
  end(): Iterable<Document>
}

function createReader(options: LinesOptions): Reader {
  const { maxLine = MAX_LINE, onError } = options
  let number = 0
  // Pieces are joined once a line is whole: joining at each one would take quadratic time for a long line.
  let pieces: string[] = []
  let length = 0

  function* finish(): Iterable<Document> {
    const text = pieces.join('')
    const tooLong = length > maxLine
    number += 1
    pieces = []
    length = 0
    const document = tooLong || text.trim() !== '' ? parseLine(text, tooLong) : null
    if (document !== null) yield document
  }

  function parseLine(text: string, tooLong: boolean): Document | null {
    try {
      if (tooLong)
        throw new ResultsError('invalid_json', `The line is longer than ${maxLine} characters.`, { path: '$' })
      return parseDocument(text, options)
    } catch (error) {
      if (!isResultsError(error)) throw error
      const located = new ResultsError(error.code, `Line ${number}: ${error.message}`, {
        path: error.path ?? '$',
        cause: error,
      })
      if (onError === undefined) throw located
      onError(located, number)
      return null
    }
  }

  function keep(piece: string): void {
    length += piece.length
    if (length > maxLine) pieces = []
    else if (piece !== '') pieces.push(piece)
  }

  return {
    *push(item) {
      if (typeof item !== 'string') {
        throw new ResultsError('invalid_value', 'A piece of the stream is no text; set an encoding on the stream.', {
          path: '$',
        })
      }
      let from = 0
      for (let end = item.indexOf('\n'); !options.lines && end !== -1; end = item.indexOf('\n', from)) {
        keep(item.slice(from, end))
        from = end + 1
        yield* finish()
      }
      keep(item.slice(from))
      if (options.lines) yield* finish()
    },
    *end() {
      if (length > 0) yield* finish()
    },
  }
}
