import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFailure, OUTCOME_WORDS } from '../core/outcome.js'
import { attempt, error, failing, run, step } from '../insights/documents.testsuite.js'
import { buildReport } from './build-report.js'
import { anyText, runOf } from './hostile.testsuite.js'
import { reportJunit } from './junit.js'

interface Element {
  name: string
  attributes: Record<string, string>
  children: Element[]
  text: string
}

const TIME = /^\d+\.\d{3}$/
const COUNT = /^\d+$/
const ANY = /^[\s\S]*$/

/** What the schema of Jenkins (junit-10) and Surefire allows, as far as the report uses it. */
const SCHEMA: Record<
  string,
  { children: string[]; required: Record<string, RegExp>; optional?: Record<string, RegExp> }
> = {
  testsuites: {
    children: ['testsuite'],
    required: { name: ANY, tests: COUNT, failures: COUNT, errors: COUNT, time: TIME },
  },
  testsuite: {
    children: ['properties', 'testcase'],
    required: { id: COUNT, name: ANY, tests: COUNT, failures: COUNT, errors: COUNT, skipped: COUNT, time: TIME },
    optional: { timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/ },
  },
  properties: { children: ['property'], required: {} },
  property: { children: [], required: { name: ANY, value: ANY } },
  testcase: {
    children: ['skipped', 'failure', 'error', 'flakyFailure', 'rerunFailure'],
    required: { name: ANY, classname: ANY, time: TIME },
  },
  skipped: { children: [], required: { message: ANY } },
  failure: { children: [], required: { type: ANY, message: ANY } },
  error: { children: [], required: { type: ANY, message: ANY } },
  flakyFailure: { children: [], required: { type: ANY, message: ANY } },
  rerunFailure: { children: [], required: { type: ANY, message: ANY } },
}

/** Reads XML as strictly as a parser must, and checks it against the schema. */
function parse(xml: string): Element {
  expect(xml).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u)
  expect(xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n')).toBe(true)
  const top: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [top]
  const token = /<(\/?)([A-Za-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy
  token.lastIndex = xml.indexOf('\n') + 1
  while (token.lastIndex < xml.length) {
    const found = token.exec(xml)
    if (found === null) throw new Error(`no XML: ${JSON.stringify(xml.slice(0, 400))}`)
    const [, close, name, attributes, empty, text] = found
    const parent = open.at(-1) as Element
    if (text !== undefined) parent.text += decode(text)
    else if (close === '/') expect(open.pop()?.name).toBe(name)
    else {
      const element: Element = { name: name as string, attributes: {}, children: [], text: '' }
      for (const [, key, value] of (attributes as string).matchAll(/ ([a-z]+)="([^"]*)"/g)) {
        expect(element.attributes).not.toHaveProperty(key as string)
        element.attributes[key as string] = decode(value as string)
      }
      parent.children.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  expect(open).toEqual([top])
  expect(top.children).toHaveLength(1)
  validate(top.children[0] as Element)
  return top.children[0] as Element
}

function decode(text: string): string {
  expect(text.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toMatch(/&|\]\]>/)
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&([^;]+);/g, (_, name: string) => named[name] as string)
}

function validate(element: Element): void {
  const rule = SCHEMA[element.name]
  if (rule === undefined) throw new Error(`unknown element ${element.name}`)
  const { children, required, optional } = rule
  for (const [key, form] of Object.entries(required)) expect(element.attributes[key], key).toMatch(form)
  for (const [key, value] of Object.entries(element.attributes))
    expect(value).toMatch(required[key] ?? optional?.[key] ?? /^\b$/)
  for (const child of element.children) {
    expect(children).toContain(child.name)
    validate(child)
  }
  if (element.name !== 'testsuite') return
  const count = (name: string) =>
    element.children.filter((each) => each.children.some((child) => child.name === name)).length
  const cases = element.children.filter(({ name }) => name === 'testcase')
  expect(element.attributes).toMatchObject({
    tests: String(cases.length),
    failures: String(count('failure')),
    errors: String(count('error')),
    skipped: String(count('skipped')),
  })
  expect(new Set(cases.map(({ attributes }) => attributes.name)).size).toBe(cases.length)
}

function casesOf(...documents: Parameters<typeof buildReport>[0] extends Iterable<infer D> ? D[] : never) {
  const suite = parse(reportJunit(buildReport(documents))).children[0] as Element
  return suite.children.filter(({ name }) => name === 'testcase')
}

describe('the JUnit report', () => {
  test('has a suite per run and a case per step without steps below, times in seconds', () => {
    const xml = parse(
      reportJunit(
        buildReport([
          run([step('load', { steps: [step('read', { took: 1_500 })] })], { took: 2_000, id: '7' }),
          run([], { took: 1 }),
        ]),
      ),
    )
    expect(xml.attributes).toMatchObject({ tests: '1', failures: '0', errors: '0', time: '2.001' })
    const [suite] = xml.children
    expect(suite?.attributes).toMatchObject({ name: 'daily_import', time: '2.000', timestamp: '2026-11-20T11:03:10' })
    expect(suite?.children[0]?.children.map(({ attributes }) => [attributes.name, attributes.value])).toContainEqual([
      'run.id',
      '7',
    ])
    expect(suite?.children[1]?.attributes).toEqual({ name: 'load > read', classname: 'daily_import', time: '1.500' })
  })

  test('calls exactly those outcomes failure or error that count as failed', () => {
    const cases = casesOf(run(OUTCOME_WORDS.map((outcome) => step(outcome, { outcome, reason: 'so' }))))
    for (const { attributes, children } of cases) {
      const bad = children.some(({ name }) => name === 'failure' || name === 'error')
      expect([attributes.name, bad]).toEqual([attributes.name, isFailure(attributes.name as string)])
    }
    expect(cases.find(({ attributes }) => attributes.name === 'skipped')?.children[0]?.attributes.message).toBe('so')
    // What has not ended has not passed either.
    expect(cases.filter(({ children }) => children.length === 0).map(({ attributes }) => attributes.name)).toEqual([
      'success',
    ])
  })

  test('counts a failure once: where it began, and in the run only when no step tells it', () => {
    const load = failing('load', 'no', {
      steps: [failing('insert', 'no', { error: error('no', 'E', 'at <x>\n  at y') }), step('z')],
    })
    const names = casesOf(run([load], { outcome: 'failed', error: error('no') })).map(
      ({ attributes }) => attributes.name,
    )
    expect(names).toEqual(['load > insert', 'load > z'])
    const own = casesOf(run([failing('load', 'own', { steps: [step('x')] })], { outcome: 'failed' }))
    expect(own.map(({ attributes }) => attributes.name)).toEqual(['load', 'load > x'])
    const caught = step('tried', { steps: [failing('optional', 'x')] })
    const both = casesOf(run([caught], { outcome: 'failed', error: error('other') }))
    expect(both.map(({ attributes }) => attributes.name)).toEqual(['(run)', 'tried > optional'])
    const row = { mode: 'default', error_code: 1, error_message: 'x', target: null, stacktrace: null }
    const plain = casesOf({ statuses: [{ run_id: '0001', title: 'a', status: 'failed', ...row }] })
    expect(plain.map(({ attributes }) => attributes.name)).toEqual(['a'])
    const [whole] = casesOf(run([step('a')], { outcome: 'failed', error: error('between', 'E', 'stack') }))
    expect(whole?.attributes.name).toBe('(run)')
    expect(whole?.children[0]).toMatchObject({
      name: 'failure',
      attributes: { type: 'E', message: 'between' },
      text: 'stack',
    })
  })

  test('marks a step that passed after a failed attempt as flaky, and one that did not as run again', () => {
    const tries = [attempt(1, 'retry', 0, 5, 'once')]
    const [passed, failed] = casesOf(
      run([
        step('a', { attempts: [...tries, attempt(2, 'success')] }),
        failing('b', 'twice', { attempts: [...tries, attempt(2, 'failed', 6, 5, 'twice')] }),
      ]),
    )
    expect(passed?.children).toMatchObject([{ name: 'flakyFailure', attributes: { message: 'once' } }])
    expect(failed?.children.map(({ name }) => name)).toEqual(['failure', 'rerunFailure'])
  })

  test('numbers cases of one name', () => {
    const cases = casesOf(run([step('a'), step('a'), step('a #2')]))
    expect(cases.map(({ attributes }) => attributes.name)).toEqual(['a', 'a #2', 'a #2 #2'])
  })

  test('is XML that fits the schema, whatever the names', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        parse(reportJunit(buildReport([runOf(text), runOf(text)], { title: text })))
      }),
      { numRuns: 300 },
    )
  })

  test('of a run 1,000 deep and one of 100,000 steps has all its cases', () => {
    let deep = failing('leaf', 'no')
    for (let i = 0; i < 1_000; i += 1) deep = failing('level', 'no', { steps: [deep] })
    const steps = Array.from({ length: 100_000 }, () => step('page'))
    const xml = reportJunit(buildReport([run([deep]), run(steps)]))
    expect(xml.match(/<testcase /g)).toHaveLength(100_001)
    expect(xml).toContain('name="page #100000"')
  })
})
