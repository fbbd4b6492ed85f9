import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ResultsDocument } from '../core/document.js'
import type { ResultsError } from '../core/results-error.js'
import { thrownBy } from './golden.testsuite.js'
import { parseJsonLines } from './lines.js'

const document = (title: string): ResultsDocument => ({
  statuses: [
    {
      run_id: '0001',
      title,
      status: 'success',
      mode: 'm',
      error_code: null,
      error_message: null,
      target: null,
      stacktrace: null,
    },
  ],
})

const titles = (documents: Iterable<ResultsDocument>): (string | undefined)[] =>
  Array.from(documents, ({ statuses }) => statuses[0]?.title)

const TEXT = ['a', 'b\u2028"\\n', '🚀'].map((title) => JSON.stringify(document(title))).join('\n')

async function* slowly(items: Iterable<string>): AsyncGenerator<string> {
  for (const item of items) yield item
}

describe('JSON Lines', () => {
  it('S0.10 gives one document for each line, however the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(TEXT.length)), fc.constantFrom('', '\n', '\r\n', '\n\n'), (cuts, end) => {
        const places = [0, ...cuts.sort((a, b) => a - b), TEXT.length]
        const pieces = places.map((place, index) => TEXT.slice(place, places[index + 1] ?? TEXT.length))
        expect(titles(parseJsonLines([...pieces, end]))).toEqual(['a', 'b\u2028"\\n', '🚀'])
      }),
    )
  })

  it('takes lines without their ends when told so', () => {
    const lines = TEXT.split('\n')
    expect(titles(parseJsonLines(lines, { lines: true }))).toHaveLength(3)
    expect(titles(parseJsonLines([`\ufeff${lines[0]}`, '', ' ', lines[1] as string], { lines: true }))).toHaveLength(2)
  })

  it('reads from an async source as it comes', async () => {
    const read: ResultsDocument[] = []
    for await (const one of parseJsonLines(slowly(TEXT))) read.push(one)
    expect(titles(read)).toEqual(['a', 'b\u2028"\\n', '🚀'])
  })

  it('stops reading its source when its reader stops', () => {
    let given = 0
    function* source(): Generator<string> {
      for (; ; given += 1) yield `${JSON.stringify(document('x'))}\n`
    }
    for (const one of parseJsonLines(source())) {
      expect(one.statuses).toHaveLength(1)
      break
    }
    expect(given).toBe(0)
  })

  it('a line that is no document ends the reading, and its number is told', () => {
    const read: ResultsDocument[] = []
    const error = thrownBy(() => {
      for (const one of parseJsonLines([`${TEXT}\n{"statuses":5}\n`])) read.push(one)
    })
    expect(error).toMatchObject({
      code: 'invalid_document',
      path: '$.statuses',
      message: 'Line 4: $.statuses is 5; allowed is an array of statuses.',
    })
    expect(read).toHaveLength(3)
  })

  it('a line that is no document costs one line where the caller hears of it', () => {
    const heard: [number, string][] = []
    const onError = (error: ResultsError, line: number): unknown => heard.push([line, error.code])
    const text = `{}\n${TEXT}\n{"statuses":[`
    expect(titles(parseJsonLines([text], { onError }))).toHaveLength(3)
    expect(heard).toEqual([
      [1, 'invalid_document'],
      [5, 'invalid_json'],
    ])
  })

  it('a line that never ends is not kept', () => {
    const heard: number[] = []
    const options = { maxLine: 200, onError: (_: ResultsError, line: number) => heard.push(line) }
    const pieces = [...Array<string>(1_000).fill('x'.repeat(150)), '\n', JSON.stringify(document('after'))]
    expect(titles(parseJsonLines(pieces, options))).toEqual(['after'])
    expect(heard).toEqual([1])
    expect(thrownBy(() => [...parseJsonLines(['x'.repeat(201)], { maxLine: 200 })])).toMatchObject({
      message: 'Line 1: The line is longer than 200 characters.',
    })
  })

  it('bytes are refused with what to do', () => {
    const bytes = [new Uint8Array(3)] as unknown as string[]
    expect(thrownBy(() => [...parseJsonLines(bytes)])).toMatchObject({
      message: 'A piece of the stream is no text; set an encoding on the stream.',
    })
  })

  it('a strict reader refuses names as ids', () => {
    const line = TEXT.replace('"0001"', '"x"').split('\n')[0] as string
    expect(thrownBy(() => [...parseJsonLines([line], { strict: true })])).toMatchObject({ code: 'invalid_run_id' })
  })

  it('a document of 5 MB in small pieces is read in linear time', () => {
    const line = JSON.stringify(document('x'.repeat(5_000_000)))
    function* pieces(): Generator<string> {
      for (let at = 0; at < line.length; at += 1_000) yield line.slice(at, at + 1_000)
    }
    expect(titles(parseJsonLines(pieces()))[0]).toHaveLength(5_000_000)
  })
})
