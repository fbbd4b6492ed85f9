import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { crash, makeFolder, run, serve } from '../command.testsuite.js'
import { checkNode } from './check-node.js'
import { ask } from './doctor.testsuite.js'

const API = '@opentelemetry/api'

/** Puts a package into a project. */
function install(folder: string, name: string, version: string, dependencies: Record<string, string> = {}): string {
  const place = join(folder, 'node_modules', name)
  mkdirSync(place, { recursive: true })
  // Like the real ones: the manifest is not to be had by require.resolve.
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version, dependencies, exports: {} }))
  return place
}

function makeProject(versions: Record<string, string>): string {
  const folder = makeFolder()
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: { ...versions, other: '1' } }))
  for (const [name, version] of Object.entries(versions)) install(folder, name, version)
  return folder
}

const GOOD = { [API]: '1.9.1', '@opentelemetry/sdk-trace-node': '2.12.0', '@opentelemetry/sdk-trace-base': '2.12.0' }

describe('runspan doctor', () => {
  test('where all is well says so, check by check, ends with 0 and leaves nothing behind', async () => {
    const folder = makeProject(GOOD)
    const { url } = await serve()
    const { code, stdout, stderr } = await run(['doctor'], { RUNSPAN_ENDPOINT: url }, folder)
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'))
    expect(lines.map(([state, name, , fix = '']) => [state, name, fix])).toEqual(
      ['node', API, 'OpenTelemetry SDK', 'results folder', 'variables', 'RUNSPAN_ENDPOINT'].map((name) => [
        'ok',
        name,
        '',
      ]),
    )
    expect(readdirSync(folder).sort()).toEqual(['node_modules', 'package.json'])
  })

  test('an old Node fails, a later one than needed does not', () => {
    expect(checkNode('18.20.4')).toMatchObject({ state: 'FAIL', fix: expect.stringContaining('install') })
    expect(checkNode('20.18.9').state).toBe('FAIL')
    expect(checkNode('20.19.0').state).toBe('ok')
    expect(checkNode('26.0.0').state).toBe('ok')
  })
})

describe('runspan doctor, of OpenTelemetry', () => {
  test('what is not installed is said, with the command that installs it', async () => {
    const { code, of } = await ask()
    expect(code).toBe(0)
    expect(of(API)).toMatchObject({ state: 'warn', fix: 'npm install @opentelemetry/api@1.9.1' })
    expect(of('OpenTelemetry SDK')).toMatchObject({ state: 'warn', fix: 'npm install @runspan/node' })
  })

  test('a second copy is found where a dependency of a dependency has it, and one that is not used does not count', async () => {
    const folder = makeProject(GOOD)
    install(folder, 'other', '1.0.0', { deep: '1' })
    install(install(folder, 'unused', '1.0.0'), API, '1.8.0')
    expect((await ask({}, folder)).of(API)?.state).toBe('ok')
    const deep = install(folder, 'deep', '1.0.0', { [API]: '1', other: '1' })
    install(deep, API, '1.9.0')
    const { of } = await ask({}, folder)
    expect(of(API)).toMatchObject({ state: 'warn', fix: expect.stringContaining('npm dedupe') })
    expect(of(API)?.text).toContain(join('deep', 'node_modules', API))
  })

  test.each([
    ['an API before 1.9 fails', { ...GOOD, [API]: '1.8.0' }, API, 'FAIL', '1.8.0'],
    ['an API of the 3.x line beside an SDK 2.x is warned of', { ...GOOD, [API]: '1.10.0' }, API, 'warn', '2.x'],
    [
      'an SDK 3.x is told the two lines to add',
      { [API]: '1.10.0', '@opentelemetry/sdk-trace': '3.1.0' },
      'OpenTelemetry SDK',
      'warn',
      'WorkflowResultsProcessor',
    ],
    [
      'two lines at once are warned of',
      { ...GOOD, '@opentelemetry/sdk-trace': '3.1.0' },
      'OpenTelemetry SDK',
      'warn',
      'several lines',
    ],
    [
      'an SDK 1.x is warned of',
      { ...GOOD, '@opentelemetry/sdk-trace-base': '1.30.1', '@opentelemetry/sdk-trace-node': '1.30.1' },
      'OpenTelemetry SDK',
      'warn',
      'older',
    ],
  ])('%s', async (_claim, versions, name, state, word) => {
    const { code, of } = await ask({}, makeProject(versions))
    expect(of(name)?.state).toBe(state)
    expect(of(name)?.text).toContain(word)
    expect(of(name)?.fix).toMatch(/^npm /)
    expect(code).toBe(state === 'FAIL' ? 1 : 0)
  })
})

describe('runspan doctor, of the results folder', () => {
  test('a folder that cannot be made fails, a file in its place too, and "none" is well', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'file'), '')
    for (const [named, state, code] of [
      ['/proc/nothing', 'FAIL', 1],
      ['file', 'FAIL', 1],
      ['file/deeper', 'FAIL', 1],
      ['none', 'ok', 0],
      ['new/and/deep', 'ok', 0],
    ] as const) {
      const answer = await ask({ RUNSPAN_RESULTS_DIR: named }, folder)
      expect([named, answer.of('results folder')?.state, answer.code]).toEqual([named, state, code])
    }
    expect(readdirSync(folder)).toEqual(['file'])
  })

  test('journals that wait are named with the command that recovers them, which is then content', async () => {
    const results = join(makeFolder(), 'my results')
    await crash(results)
    const env = { RUNSPAN_RESULTS_DIR: results }
    const { code, of } = await ask(env)
    expect(code).toBe(0)
    expect(of('journals')).toMatchObject({ state: 'warn', fix: `runspan recover '${results}'` })
    expect(of('journals')?.text).toContain('1 run')
    expect((await run(['recover', results])).code).toBe(0)
    expect((await ask(env)).of('journals')?.state).toBe('ok')
  })
})
