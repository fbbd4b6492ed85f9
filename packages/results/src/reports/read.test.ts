import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildReport } from './build-report.js'
import { anyText, runOf } from './hostile.testsuite.js'
import { parseReport } from './read.js'

const text = JSON.stringify(buildReport([runOf('load'), { statuses: [] }]))

describe('a report that is read back', () => {
  it('is the same, whatever its texts are, and keys of a later day are left out', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const report = buildReport([runOf(name)])
        expect(parseReport(JSON.stringify({ ...report, later: 1 }))).toEqual(JSON.parse(JSON.stringify(report)))
      }),
    )
  })

  it('is refused with its path when it is another version or of another form', () => {
    const refused = (given: unknown, code: string, path: string) =>
      expect(() => parseReport(given)).toThrow(expect.objectContaining({ name: 'ResultsError', code, path }))
    refused(text.replace('runspan.report/1', 'runspan.report/2'), 'invalid_document', '$.schema')
    refused(text.replace('"depth":0', '"depth":-1'), 'invalid_document', '$.runs[0].steps[0].depth')
    refused({ ...JSON.parse(text), runs: null }, 'invalid_document', '$.runs')
    for (let end = 0; end < text.length; end += 1) refused(text.slice(0, end), 'invalid_json', '$')
  })
})
