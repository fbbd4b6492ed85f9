import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { BIN, KEY, makeFolder, makeRecords, run, serve, writeDocument } from './command.testsuite.js'

async function sendRun(url: string, headers: Record<string, string> = {}): Promise<number> {
  const spans = makeRecords('failed').map((record) => ({
    traceId: record.traceId,
    spanId: record.spanId,
    name: record.name,
    startTimeUnixNano: record.start,
    endTimeUnixNano: record.end,
    attributes: Object.entries(record.attributes).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: value } : { stringValue: value },
    })),
  }))
  const answer = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  return answer.status
}

describe('runspan', () => {
  test('--help teaches: examples, every command, every exit code, on stdout', async () => {
    for (const [args, words] of [
      [
        ['--help'],
        ['serve', 'show', 'validate', 'recover', 'doctor', 'Examples:', 'OTEL_EXPORTER_OTLP_ENDPOINT', '130, 143'],
      ],
      [
        ['serve', '--help'],
        ['--host', '--port', '--store', '--token', '--allow-host', 'RUNSPAN_TOKEN', '/healthz'],
      ],
      [
        ['show', '--help'],
        ['--from', '--document', '--json', 'RUNSPAN_ENDPOINT', 'RUNSPAN_RESULTS_DIR'],
      ],
      [
        ['recover', '--help'],
        ['--dry-run', '--json', 'RUNSPAN_RESULTS_DIR', 'journal'],
      ],
      [
        ['validate', '--help'],
        ['--json', 'expected', 'Exit codes'],
      ],
      [
        ['doctor', '--help'],
        ['--json', 'FAIL', 'Exit codes'],
      ],
    ] as const) {
      const { code, stdout, stderr } = await run([...args])
      expect([code, stderr]).toEqual([0, ''])
      for (const word of words) expect(stdout).toContain(word)
    }
  })

  test.each([
    [['nope']],
    [['show', '--nope']],
    [['serve', 'extra', 'more']],
    [['show', 'a', 'b']],
    [['serve', '--port']],
  ])('wrong usage %j ends with 2 and a hint', async (args) => {
    const { code, stdout, stderr } = await run(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('--help')
  })
})

describe('runspan serve', () => {
  test('says where it listens, takes runs, and a signal ends it cleanly with 143 or 130', async () => {
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const) {
      const { child, url, facts, ended, folder } = await serve()
      expect(facts).toEqual({ otlp: url, runs: `${url}/api/runs`, store: 'SQLite store.db' })
      expect(await sendRun(url)).toBe(200)
      child.kill(signal)
      const { stderr, ...rest } = await ended
      expect(rest.code).toBe(code)
      expect(stderr).toContain('closed after 2 records')
      const listed = await run(['show', '--json'], { RUNSPAN_RESULTS_DIR: folder })
      expect(listed.code).toBe(0)
    }
  })

  test('beyond this machine it demands a token, and then every request must carry it', async () => {
    const refused = await run(['serve', '--host', '0.0.0.0', '--port', '0'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('RUNSPAN_TOKEN')
    const token = 'a-token-of-some-length'
    const { facts } = await serve(['--host', '0.0.0.0'], { RUNSPAN_TOKEN: token })
    const url = `http://127.0.0.1:${new URL(facts.otlp).port}`
    expect(await sendRun(url)).toBe(401)
    expect(await sendRun(url, { authorization: `Bearer ${token}` })).toBe(200)
    expect((await run(['show', '--from', url])).code).toBe(3)
    expect((await run(['show', '--from', url], { RUNSPAN_TOKEN: token })).code).toBe(0)
  })

  test.each([
    [['--port', '99999'], {}, 2, '99999'],
    [['--port', 'http'], {}, 2, '"http"'],
    [[], { RUNSPAN_PORT: '-1' }, 2, '"-1"'],
    [['--token', 'short'], {}, 2, '16 characters'],
    [['--store', 'postgres://localhost/x'], {}, 2, 'SQLite'],
    [['--store', '/proc/nothing/store.db'], {}, 3, '/proc/nothing'],
    [['--host', '192.0.2.1', '--token', 'a-token-of-some-length'], {}, 3, '192.0.2.1'],
  ] as const)('%j with %j ends with %i and says why', async (args, env, code, word) => {
    const ended = await run(['serve', ...args], { RUNSPAN_PORT: '0', RUNSPAN_STORE: 'store.db', ...env })
    expect([ended.code, ended.stdout]).toEqual([code, ''])
    expect(ended.stderr).toContain(word)
    expect(ended.stderr.split('\n')).toHaveLength(2)
  })

  test('a port in use ends it with 3, and so does a store in use, which names its holder', async () => {
    const { url, child, folder } = await serve()
    const port = await run(['serve', '--port', new URL(url).port, '--store', 'other.db'])
    expect(port.code).toBe(3)
    expect(port.stderr).toContain('in use')
    const store = await run(['serve', '--port', '0', '--store', join(folder, 'store.db')])
    expect(store.code).toBe(3)
    expect(store.stderr).toContain(`process ${child.pid}`)
  })

  test('variables do what the flags do, and a flag wins over them', async () => {
    const env = {
      RUNSPAN_HOST: 'localhost',
      RUNSPAN_PORT: '99999',
      RUNSPAN_ALLOW_HOST: 'a.example, b.example',
      RUNSPAN_STORE: 'x/y.db',
    }
    const { facts } = await serve([], env)
    expect(facts.otlp).toContain('//localhost:')
    expect(facts.store).toBe('SQLite store.db')
  })

  test('the first drop of a kind is said, and all are counted at the end', async () => {
    const { url, child, ended } = await serve()
    for (let n = 0; n < 3; n++)
      await fetch(`${url}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' })
    child.kill('SIGTERM')
    const { stderr } = await ended
    expect(stderr.match(/no JSON/g)).toHaveLength(1)
    expect(stderr).toContain('not kept: 3 malformed')
  })
})

describe('runspan show', () => {
  test('of a file, a folder and a collector gives the same run', async () => {
    const folder = makeFolder()
    const { file, text } = writeDocument(folder, 'failed')
    const { url } = await serve()
    expect(await sendRun(url)).toBe(200)
    const step = 'failed\tload\t0001\t2025-11-21T12:59:59.000000000Z\t500\t1\tno such\\x1b[2J table\n'
    for (const args of [
      ['show', file],
      ['show', '0041'],
      ['show', '00'],
      ['show', KEY],
      ['show', '0041', '--from', url],
      ['show', KEY.slice(0, 40), '--from', url],
    ]) {
      expect(await run(args, {}, folder), args.join(' ')).toEqual({ code: 1, stdout: step, stderr: '' })
    }
    expect((await run(['show', '0041', '--document'], {}, folder)).stdout).toBe(text)
    expect((await run(['show', '0041', '--document'], { RUNSPAN_ENDPOINT: url }, folder)).stdout).toBe(
      text.replace('"road": "process"', '"road": "otlp"'),
    )
    expect(JSON.parse((await run(['show', '0041', '--json'], {}, folder)).stdout)).toEqual(JSON.parse(text))
  })

  test('without an argument lists the latest runs, as lines or as JSON Lines', async () => {
    const folder = makeFolder()
    writeDocument(folder)
    const plain = await run(['show'], {}, folder)
    expect(plain).toEqual({
      code: 0,
      stdout: 'success\tdaily_import\t0041\t1/1\t2025-11-21T12:59:59.000000000Z\t500\t\n',
      stderr: '',
    })
    const lines = (await run(['show', '--json'], {}, folder)).stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).key)).toEqual([KEY])
    expect((await run(['show', 'results'], {}, folder)).stdout).toBe(plain.stdout)
  })

  test('--step shows all that is known of a step, --failed lists only runs that failed', async () => {
    const folder = makeFolder()
    writeDocument(folder, 'failed')
    expect(await run(['show', '0041', '--step', 'load'], {}, folder)).toEqual({
      code: 1,
      stdout: '✗ load  500 ms\n  error    no such\\x1b[2J table   code 500\n',
      stderr: '',
    })
    expect((await run(['show', '0041', '--step', 'nothing'], {}, folder)).code).toBe(2)
    expect((await run(['show', '--failed'], {}, folder)).stdout).toMatch(/^failed\tdaily_import\t0041/)
    writeDocument(folder, 'success')
    expect(await run(['show', '--failed'], {}, folder)).toMatchObject({ code: 0, stdout: '' })
  })

  test('several matches are listed beside the answer, and end with 2', async () => {
    const folder = makeFolder()
    const { text } = writeDocument(folder)
    writeFileSync(
      join(folder, 'results', 'daily_import', 'other.json'),
      text.replaceAll('b'.repeat(16), 'd'.repeat(16)),
    )
    const { code, stdout, stderr } = await run(['show', '0041'], {}, folder)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(KEY)
    expect(stderr).toContain('2 runs fit "0041"')
    const listed = stderr.split('\n').filter((line) => line.includes('\t'))
    expect(listed).toHaveLength(2)
    for (const line of listed) expect(line).not.toMatch(/^runspan: |\\x/)
  })

  test('list is show without a run, and --version says which version this is', async () => {
    const folder = makeFolder()
    writeDocument(folder)
    const [list, show, version] = [
      await run(['list'], {}, folder),
      await run(['show'], {}, folder),
      await run(['--version'], {}, folder),
    ]
    expect(list.stdout).toContain('daily_import')
    expect(list).toMatchObject({ code: 0, stdout: show.stdout })
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  test('what is not there, cannot be reached, or is no document ends with 2, 3 and 1, and says what to do', async () => {
    const folder = makeFolder()
    writeDocument(folder)
    writeFileSync(join(folder, 'bad.json'), '{"statuses":[{"title":5}]}')
    writeFileSync(join(folder, 'cut.json'), '{"statuses":[')
    const page = createServer((_request, response) => response.end('<html>')).listen(0)
    onTestFinished(() => void page.close())
    await once(page, 'listening')
    const elsewhere = `http://127.0.0.1:${(page.address() as { port: number }).port}`
    for (const [args, code, word] of [
      [['show', 'nothing'], 2, '"nothing"'],
      [['show', '--from', 'nowhere'], 3, 'nowhere'],
      [['show', '--from', 'http://127.0.0.1:1'], 3, 'runspan serve'],
      [['show', '--from', elsewhere], 3, 'collector'],
      [['show', '--from', 'http://['], 2, 'http://['],
      [['show', 'bad.json'], 1, '$.statuses[0]'],
      [['show', 'cut.json'], 1, 'JSON'],
    ] as const) {
      const ended = await run([...args], {}, folder)
      expect([ended.code, ended.stdout], args.join(' ')).toEqual([code, ''])
      expect(ended.stderr, args.join(' ')).toContain(word)
      expect(ended.stderr).not.toContain('unforeseen')
    }
  })

  test('a reader that goes away ends it quietly', async () => {
    const folder = makeFolder()
    const { text } = writeDocument(folder)
    const many = JSON.parse(text)
    many.statuses = Array(50_000).fill(many.statuses[0])
    writeFileSync(join(folder, 'many.json'), JSON.stringify({ statuses: many.statuses }))
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${BIN}" show many.json | head -1`], { cwd: folder })
    let [stdout, stderr] = ['', '']
    shell.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    shell.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    await once(shell, 'close')
    expect([stdout.split('\n').length, stderr]).toEqual([2, ''])
  })

  test('the document of a run is exactly what is on disk', async () => {
    const folder = makeFolder()
    const { file } = writeDocument(folder)
    expect((await run(['show', file, '--document'])).stdout).toBe(readFileSync(file, 'utf8'))
  })
})
