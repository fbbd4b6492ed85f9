import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OUTCOME_WORDS, OUTCOMES } from '../core/outcome.js'
import { attempt, error, failing, run, step } from '../insights/documents.testsuite.js'
import { buildReport } from './build-report.js'
import { anyText, runOf } from './hostile.testsuite.js'
import { reportHtml } from './html.js'
import { outcomeLabel } from './palette.js'

const TAGS = new Set(
  'a bdi body code details div footer h1 h2 h3 head html i li main meta p pre section span strong style summary table tbody td th thead title tr ul'.split(
    ' ',
  ),
)
const VOID = new Set(['meta'])
const ATTRIBUTES =
  /^(?: (?:aria-[a-z]+|charset|class|content|href|http-equiv|id|lang|name|open|role|scope|style)(?:="[^"<>]*")?)*$/

/** Checks that a text is made of our own tags, well nested, and gives what is between them. */
function parse(html: string): string[] {
  const open: string[] = []
  const texts: string[] = []
  let at = html.indexOf('<!doctype html>') + '<!doctype html>'.length
  for (const tag of html.slice(at).matchAll(/<([^>]*)>/g)) {
    const start = html.indexOf(tag[0], at)
    texts.push(html.slice(at, start))
    at = start + tag[0].length
    const [, slash, name, attributes] = /^(\/?)([a-z0-9]+)(.*)$/s.exec(tag[1] as string) ?? []
    expect(TAGS, tag[0]).toContain(name)
    if (slash === '/') expect(open.pop()).toBe(name)
    else {
      expect(attributes, tag[0]).toMatch(ATTRIBUTES)
      if (!VOID.has(name as string)) open.push(name as string)
    }
  }
  expect(open).toEqual([])
  for (const text of texts) expect(text).not.toMatch(/[<>]/)
  return texts
}

describe('the HTML report', () => {
  test('says every outcome as sign and word, with its colour', () => {
    const html = reportHtml(buildReport([run(OUTCOME_WORDS.map((outcome) => step(`is ${outcome}`, { outcome })))]))
    for (const outcome of OUTCOME_WORDS) {
      expect(html).toContain(`<div class="row ${outcome}"`)
      expect(html).toContain(`>${OUTCOMES[outcome].glyph}</span><bdi>is ${outcome}</bdi>`)
      expect(html).toContain(`role="cell">${outcomeLabel(outcome)}</span>`)
    }
    parse(html)
  })

  test('has no script and fetches nothing', () => {
    const html = reportHtml(buildReport([runOf('x')]))
    expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'")
    expect(html).not.toMatch(/<script|<img|<link|<iframe|@import|url\(|\son[a-z]+=|https?:/i)
  })

  test('draws a step where it was, and a retried one as its attempts with the waits between', () => {
    const call = step('call', {
      from: 20,
      took: 50,
      attempts: [attempt(1, 'retry', 20, 10), attempt(2, 'success', 60, 10)],
    })
    const html = reportHtml(
      buildReport([
        run([step('a', { from: 0, took: 20 }), call, step('b', { from: 80, took: null, outcome: 'running' })]),
      ]),
    )
    const bars = [...html.matchAll(/<i class="bar ([^"]*)" style="([^"]*)">/g)].map(
      ([, kind, style]) => `${kind} ${style}`,
    )
    expect(bars).toEqual([
      'success left:0%;width:20%',
      'wait left:20%;width:50%',
      'retry left:20%;width:10%',
      'success left:60%;width:10%',
      'running open left:80%;width:20%',
    ])
  })

  test('keeps what took no time at the very end in sight', () => {
    const html = reportHtml(buildReport([run([step('end', { from: 100, took: 0 })])]))
    expect(html).toContain('<i class="bar success" style="left:99.8%;width:0%">')
  })

  test('tells the first failure before the steps, and its stack on demand, once', () => {
    const cause = failing('insert', 'x', { error: error('x < y', 'E<T>', 'at a\n  at <anonymous>') })
    const html = reportHtml(buildReport([run([failing('load', 'x', { steps: [cause] })], { outcome: 'failed' })]))
    expect(html.indexOf('First failure: <strong><bdi>load &gt; insert</bdi></strong>')).toBeGreaterThan(0)
    expect(html.indexOf('First failure')).toBeLessThan(html.indexOf('class="steps"'))
    expect(html).toContain('<pre>E&lt;T&gt;: x &lt; y</pre>')
    expect(html.split('<summary>Stack trace</summary><pre>at a\n  at &lt;anonymous&gt;</pre>')).toHaveLength(2)
  })

  test('tells the error of a run that got over the failure of a step but not over another', () => {
    const caught = step('tried', { steps: [failing('optional', 'x')] })
    const html = reportHtml(buildReport([run([caught], { outcome: 'failed', error: error('other', 'E', 'at run') })]))
    expect(html).toContain('<div>Failure: <bdi>E001</bdi></div><pre>E: other</pre><details>')
  })

  test('links the runs of a report of many', () => {
    const html = reportHtml(buildReport([run([]), run([], { title: 'Second' })], { title: 'Nightly' }))
    expect(html).toContain('<h1><bdi>Nightly</bdi></h1>')
    expect(html).toContain('<a href="#run-2"><bdi>Second</bdi></a>')
    expect(html).toContain('<section id="run-2"')
    parse(html)
    parse(reportHtml(buildReport([])))
  })

  test('keeps its form, and hides nothing, whatever the names', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const html = reportHtml(buildReport([runOf(text), runOf(text)], { title: text }))
        for (const part of parse(html))
          expect(part).not.toMatch(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u)
      }),
      { numRuns: 60 },
    )
  })

  test('of 100,000 steps shows the failing ones and counts the rest', () => {
    const steps = Array.from({ length: 100_000 }, (_, i) =>
      i === 77_777 ? failing('lost', 'no') : step('page', { from: i }),
    )
    const html = reportHtml(buildReport([run(steps, { took: 100_000 })]), { maxSteps: 1_000 })
    expect(html).toContain('<bdi>lost</bdi>')
    expect(html).toContain('… 76778 steps not shown')
    expect(html.length).toBeLessThan(1_000_000)
  })

  test('cuts a stack that is long', () => {
    const long = failing('s', 'x', { error: error('x', 'E', 'y'.repeat(1_000_000)) })
    const html = reportHtml(buildReport([run([long], { outcome: 'failed' })]))
    expect(html.length).toBeLessThan(40_000)
    expect(html).toContain('y… [cut]')
  })

  test('says when there was no room for another stack', () => {
    const steps = Array.from({ length: 300 }, (_, i) =>
      failing(`s${i}`, 'x', { error: error('x', 'E', 'y'.repeat(30_000)) }),
    )
    const html = reportHtml(buildReport([run(steps)]))
    expect(html).toContain('Stack trace left out: the report is full.')
    expect(html.length).toBeLessThan(4_400_000)
  })
})
