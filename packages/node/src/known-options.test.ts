import { expect, test } from 'vitest'
import { ETL, IMPORTS, lines, readDocuments, runChild, temporaryFolder } from './child.testsuite.js'
import { checkOptions } from './known-options.js'

const said = (options: object) => {
  const list: string[] = []
  checkOptions(options, ['serviceName', 'serviceVersion', 'results', 'sinks'], (message) => list.push(message))
  return list
}

test.each([
  ['serviceNmae', 'serviceName'],
  ['servicename', 'serviceName'],
  ['service_version', 'serviceVersion'],
  ['result', 'results'],
  ['sink', 'sinks'],
])('%j is said with the name that was likely meant, %s', (name, meant) => {
  expect(said({ [name]: 'x', results: 'y' })).toEqual([
    `startRunspan() has no option "${name}"; did you mean ${meant}? It is ignored.`,
  ])
})

test('what resembles none is told all of them', () => {
  expect(said({ colour: 1 })).toEqual([
    'startRunspan() has no option "colour"; there are serviceName, serviceVersion, results, sinks. It is ignored.',
  ])
  expect(said({})).toEqual([])
})

test('an option that does not exist is one line, and the program goes on', async () => {
  const results = temporaryFolder()
  const { code, stderr } = await runChild(`${IMPORTS}startRunspan({ results: '${results}', serviceNmae: 'x' }); ${ETL}`)
  expect(code).toBe(0)
  expect(lines(stderr)).toEqual([
    'runspan: startRunspan() has no option "serviceNmae"; did you mean serviceName? It is ignored.',
  ])
  expect(readDocuments(results)).toHaveLength(1)
})
