import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attempt, error, failing, run, step } from '../insights/documents.testsuite.js'
import { buildReport } from './build-report.js'
import { anyText, runOf } from './hostile.testsuite.js'
import { reportMarkdown } from './markdown.js'

describe('the Markdown report', () => {
  test('tells what failed before the table of steps', () => {
    const insert = failing('insert', 'x', {
      took: 20_110,
      error: error('x is no function', 'TypeError', 'TypeError: x\n    at insert'),
      attempts: [attempt(1, 'retry'), attempt(2, 'failed')],
    })
    const document = run([step('fetch', { took: 4_100 }), failing('load', 'x', { took: 37_200, steps: [insert] })], {
      outcome: 'failed',
      took: 42_100,
      id: '0041',
      error: error('x is no function'),
    })
    expect(
      reportMarkdown(buildReport([document])),
    ).toBe(`## ✗ <code>daily&#95;import</code> <code>3</code>: failed in 42.10 s

3 steps: 1 success, 2 failed · 1 retry · started 2026-11-20 11:03:10 UTC · run <code>0041</code>

**First failure:** <code>load &#62; insert</code> · failed · 2 attempts · <code>E001</code>

<code>TypeError&#58; x is no function</code>

<details><summary>Stack trace</summary>

\`\`\`text
TypeError: x
    at insert
\`\`\`

</details>

| | Step | Outcome | Duration | Tries | Error |
|---|---|---|--:|--:|---|
| ✓ | <code>fetch</code> | success | 4.10 s |  |  |
| ✗ | <code>load</code> | failed | 37.20 s |  |  |
| ✗ | &ensp;<code>insert</code> | failed | 20.11 s | 2 | <code>TypeError&#58; x is no function</code> |
`)
  })

  test('keeps every row, fence and heading its own, whatever the names', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const markdown = reportMarkdown(buildReport([runOf(text), runOf(text)], { title: text }))
        let fence: string | null = null
        for (const line of markdown.split('\n')) {
          const ticks = /^(`{3,})(text)?$/.exec(line)
          if (fence === null && ticks?.[2] === 'text') fence = ticks[1] as string
          else if (fence !== null && line === fence) fence = null
          else if (fence !== null) expect(line).not.toMatch(new RegExp(`^ {0,3}\`{${fence.length},}\\s*$`))
          else expectOurs(line)
        }
        expect(fence).toBeNull()
        expect(markdown).not.toMatch(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u)
      }),
      { numRuns: 300 },
    )
  })

  test('stays far below what a job summary takes, and shows failing runs and steps first', () => {
    const wide = (name: string, n: number) =>
      run([...Array.from({ length: n }, () => step('x'.repeat(5_000))), failing('lost', 'y'.repeat(60_000))], {
        name,
        outcome: 'failed',
      })
    const documents = [run([], { name: 'well' }), ...Array.from({ length: 40 }, (_, i) => wide(`bad${i}`, 1_000))]
    const markdown = reportMarkdown(buildReport(documents))
    expect(new TextEncoder().encode(markdown).length).toBeLessThan(1024 * 1024)
    expect(markdown.indexOf('bad0')).toBeGreaterThan(0)
    expect(markdown).not.toContain('well')
    expect(markdown).toContain('… and 21 more runs.')
    expect(markdown).toContain('| | … 901 steps not shown | | | | |')
    expect(markdown.match(/<code>lost<\/code> \| failed/g)).toHaveLength(20)
  })

  test.each(['`', '日', '\u202e', '🎉'])(
    'of names made of %j, each longer when shown, is no larger either',
    (character) => {
      const name = character.repeat(5_000)
      const steps = Array.from({ length: 200 }, () => failing(name, name))
      const documents = Array.from({ length: 20 }, () => run(steps, { name, outcome: 'failed', error: error(name) }))
      const markdown = reportMarkdown(buildReport(documents))
      expect(new TextEncoder().encode(markdown).length).toBeLessThan(1024 * 1024)
      const shown = markdown.match(/^## /gm)?.length ?? 0
      expect(shown).toBeGreaterThan(2)
      if (shown < 20) expect(markdown).toContain(`… and ${20 - shown} more run`)
    },
  )

  test('cuts a stack that is long', () => {
    const long = failing('s', 'x', { error: error('x', 'E', 'y'.repeat(1_000_000)) })
    const markdown = reportMarkdown(buildReport([run([long], { outcome: 'failed' })]))
    expect(markdown.length).toBeLessThan(10_000)
    expect(markdown).toContain('y… [cut]')
  })

  test('of nothing says so', () => {
    expect(reportMarkdown(buildReport([]))).toBe('# <code>Workflow report</code>\n\n0 runs\n')
  })
})

/** Outside a fence, all text from elsewhere is in a code element in which nothing can begin a Markdown construct. */
function expectOurs(line: string): void {
  const rest = line.replace(/<code>([^<]*)<\/code>/g, (_, inside: string) => {
    expect(inside.replace(/&#\d+;/g, '')).not.toMatch(/[&<>"'\\|`*_{}[\]#~!$@:^]|www\./i)
    return 'C'
  })
  const known = [
    /^$/,
    /^# C$/,
    /^## [✗✓] C C: [a-z ]+ in [\d.]+ m?s$/,
    /^\d+ runs: [\d a-z,]+$/,
    /^[\d a-z,:]+ · \d+ retr(y|ies) · started [\d :-]+ UTC · run C$/,
    /^\*\*First failure:\*\* C · failed · \d attempts · C$|^\*\*First failure:\*\* C · failed · \d attempts$/,
    /^C$/,
    /^<details><summary>Stack trace<\/summary>$|^<\/details>$/,
    /^\| \| Step \| Outcome \| Duration \| Tries \| Error \|$|^\|---\|---\|---\|--:\|--:\|---\|$/,
    /^\| [✗✓»] \| (&ensp;)*C \| [a-z ]+ \| \d+ ms \| \d* \| C? \|$/,
  ]
  expect(
    known.some((form) => form.test(rest)),
    JSON.stringify(rest),
  ).toBe(true)
}
