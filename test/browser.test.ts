/*
 * The results package in a real browser, under a content security policy without `unsafe-eval`, and what it weighs there.
 * A bundle is made of the built package as a bundler makes it for a user.
 */
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium } from 'playwright-core'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workspaceRoot } from './repo/tree.js'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const POLICY = "default-src 'none'; script-src 'self'"
const LIB = join(workspaceRoot, 'packages/results/lib')

async function bundle(input: string, external: RegExp[] = []): Promise<string> {
  const build = await rolldown({ input, external, platform: 'browser', tsconfig: false })
  const { output } = await build.generate({ format: 'esm', minify: true })
  await build.close()
  expect(output).toHaveLength(1)
  return output[0].code
}

const program = (name: string) => bundle(join(workspaceRoot, 'test/browser', `${name}.ts`))

describe('a bundle of the results package', () => {
  const weigh = async (entry: string, external: RegExp[]) =>
    gzipSync(await bundle(join(LIB, entry), external), { level: 9 }).length

  it('weighs under 12 kB with gzip for the core, under 25 kB for the whole without zod', async () => {
    const [core, whole] = await Promise.all([weigh('core.js', []), weigh('index.js', [/^zod/])])
    const parts = await Promise.all(['insights.js', 'reports.js', 'terminal.js'].map((part) => weigh(part, [/^zod/])))
    console.log(
      `gzip: core ${core} B, whole ${whole} B; insights, reports, terminal by themselves ${parts.join(', ')} B`,
    )
    expect(core).toBeLessThan(12_000)
    expect(whole).toBeLessThan(25_000)
    expect(Math.max(...parts)).toBeLessThan(16_000)
  })

  it('holds no module of Node and no way to make code of text, zod aside', async () => {
    for (const entry of ['core.js', 'index.js', 'insights.js', 'reports.js', 'terminal.js']) {
      const code = await bundle(join(LIB, entry), [/^zod/])
      expect(code).not.toMatch(/from\s*["'](?!zod)|require\(|\beval\(|new Function|\bprocess\.|\bBuffer\b/)
    }
  })
})

const present = existsSync(CHROMIUM)
if (!present) console.log(`No browser at ${CHROMIUM}: what runs in it is skipped. Set CHROMIUM_PATH.`)

describe.skipIf(!present)('in Chromium, under a strict content security policy', () => {
  let browser: Browser
  let server: Server
  const files = new Map<string, string>()
  const pages = new Map<string, string>()

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = request.url ?? ''
      const page = pages.get(path)
      if (page !== undefined) {
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        response.end(page)
        return
      }
      const script = files.get(path)
      const type = script === undefined ? 'text/html' : 'text/javascript'
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': POLICY })
      response.end(script ?? `<!doctype html><script type="module" src="${path}.js"></script>`)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  })

  afterAll(async () => {
    await browser?.close()
    server?.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })

  const urlOf = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`

  /** Runs a program as a page's only script; gives its answer, and what the browser had to object to. */
  async function open(name: string, code: string) {
    files.set(`/${name}.js`, code.replace(/export\s*\{\s*(\S+) as answer\s*\}/, 'globalThis.answer=$1'))
    const page = await browser.newPage()
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(String(error)))
    await page.addInitScript(() => {
      const shown = globalThis as unknown as { violations: string[]; addEventListener: (...given: unknown[]) => void }
      shown.violations = []
      shown.addEventListener('securitypolicyviolation', (event: { violatedDirective: string; sourceFile: string }) =>
        shown.violations.push(`${event.violatedDirective} in ${event.sourceFile}`),
      )
    })
    await page.goto(urlOf(`/${name}`))
    const seen = await page.evaluate(() => {
      const { answer, violations } = globalThis as unknown as { answer: unknown; violations: string[] }
      return { answer: JSON.stringify(answer), violations }
    })
    await page.close()
    return { answer: JSON.parse(seen.answer ?? 'null'), violations: seen.violations, said }
  }

  /** The answer that the same bundle gives in this process. */
  async function here(code: string): Promise<Record<string, unknown>> {
    const { answer } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
    return JSON.parse(JSON.stringify(answer))
  }

  it('the policy is in force: a program that makes code of text is stopped and heard of', async () => {
    const seen = await open(
      'bad',
      'let a; try { a = new Function("return 1")() } catch { a = 0 }; globalThis.answer = a',
    )
    expect(seen.answer).toBe(0)
    expect(seen.violations).toHaveLength(1)
  })

  it.each(['core', 'whole'])(
    '%s runs without a violation or a message, and answers as it does in Node',
    async (name) => {
      const code = await program(name)
      const seen = await open(name, code)
      expect(seen).toEqual({ answer: await here(code), violations: [], said: [] })
    },
  )

  it('the answers are right', async () => {
    const core = (await open('core', await program('core'))).answer
    expect(core).toMatchObject({ id: '0007', failed: ['step 4'], error: { type: 'RangeError', code: 500 } })
    const whole = (await open('whole', await program('whole'))).answer
    expect(whole.again).toBe(core.text)
    expect(JSON.parse(whole.manager).statuses).toHaveLength(7)
    expect(whole.refusal).toEqual(['invalid_document', '$.statuses[0].title'])
    expect(whole.analysis).toMatchObject({ failure_count: 1, success_count: 6 })
    expect(whole.insights.errors.clusters).toMatchObject([{ fingerprint: 'Error: <b>row <n> is bad</b>', failures: 2 }])
    expect(whole.html).toContain('&lt;b&gt;row 1 is bad&lt;/b&gt;')
    expect(whole.tracker).toMatchObject([{ failed_executions: 1 }, { total_tasks: 6, failed_tasks: 1 }])
  })

  it('the HTML report opens by itself: light, dark, narrow and on paper, and nothing is fetched', async () => {
    const { html } = (await here(await program('whole'))) as { html: string }
    pages.set('/report.html', html.replaceAll('step 2', 'long_name_'.repeat(40)))
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    const said: string[] = []
    const asked: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.goto(urlOf('/report.html'))
    const look = () =>
      page.evaluate(() => {
        const { document, getComputedStyle, innerWidth } = globalThis as unknown as {
          document: { body: object; documentElement: { scrollWidth: number } }
          getComputedStyle: (of: object) => { backgroundColor: string; color: string }
          innerWidth: number
        }
        const { backgroundColor, color } = getComputedStyle(document.body)
        return { ground: backgroundColor, text: color, overflow: document.documentElement.scrollWidth - innerWidth }
      })
    await page.emulateMedia({ colorScheme: 'light' })
    const light = await look()
    await page.emulateMedia({ colorScheme: 'dark' })
    const dark = await look()
    expect([light.ground, dark.text]).toEqual(['rgb(255, 255, 255)', 'rgb(230, 237, 243)'])
    expect(dark.ground).not.toBe(light.ground)
    await page.setViewportSize({ width: 360, height: 700 })
    const narrow = await look()
    expect([light.overflow, dark.overflow, narrow.overflow].every((pixels) => pixels <= 0)).toBe(true)
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' })
    expect((await look()).ground).toBe(light.ground)
    expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-')
    expect(asked).toEqual(['/report.html'])
    expect(said).toEqual([])
    await page.close()
  })
})
