import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { step } from './decorate.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
// Inside the workspace, so that the packages are found; and outside of what is built and published.
const folder = join(root, 'packages/sdk/dist/.decorators')

/** What users write; the parser of the test runner knows no decorators, the compiler does. */
const SOURCE = (privates: boolean) => `
import { runWorkflow, step, workflow } from '@runspan/sdk'
import { spans } from './record.js'

class Orders {
  private base = 10
  @step()
  add(a: number, b: number): number {
    return this.base + a + b
  }
  @step({ title: 'Load all', retry: { maxRetries: 1, delay: 0 } })
  async load(name: string): Promise<string> {
    tries += 1
    if (tries === 1) throw new Error('busy')
    return \`\${name} \${this.base}\`
  }
  @step({ name: 'made' })
  static make(): Orders {
    return new Orders()
  }
  @step()
  *each(to: number): Generator<number> {
    for (let n = 0; n < to; n += 1) yield n
  }
  @workflow({ version: '3' })
  async day(): Promise<unknown[]> {
    return [this.add(1, 2), await this.load('x'), [...this.each(2)]${privates ? ', await this.#hidden(), Orders.#still()' : ''}]
  }
  ${privates ? '@step() async #hidden() { return this.base }\n  @step() static #still() { return 1 }' : ''}
}
let tries = 0
class Special extends Orders {
  override add(a: number, b: number): number {
    return super.add(a, b) * 2
  }
}
// A method that gives no promise cannot be given retries.
function neverCalled() {
  class Wrong {
    // @ts-expect-error retry needs time
    @step({ retry: 1 })
    sync(): number {
      return 1
    }
  }
  return Wrong
}
void neverCalled
const got = await new Special().day()
Orders.make()
runWorkflow('plain', () => 1)
console.log(JSON.stringify({ got, names: [Orders.prototype.add.name, Orders.prototype.add.length], spans: spans() }))
`
const RECORD = `
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { NodeTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node'
const ended: ReadableSpan[] = []
const nothing = async () => {}
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(new NodeTracerProvider({
  spanProcessors: [{ onStart: () => {}, onEnd: (span) => void ended.push(span), forceFlush: nothing, shutdown: nothing }],
}))
export const spans = () => ended.map(({ name, attributes }) =>
  [name, attributes['runspan.kind'], attributes['runspan.outcome'], attributes['code.function.name'] ?? null].join(' '))
`

function compile(kind: string, flags: string[], privates: boolean): unknown {
  const home = join(folder, kind)
  rmSync(home, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'package.json'), '{"type":"module"}')
  writeFileSync(join(home, 'main.ts'), SOURCE(privates))
  writeFileSync(join(home, 'record.ts'), RECORD)
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const options =
    '--strict --target ES2022 --module NodeNext --skipLibCheck --types node --lib ES2023,ESNext.Disposable'
  execFileSync(process.execPath, [tsc, ...options.split(' '), ...flags, '--ignoreConfig', 'main.ts'], {
    cwd: home,
    encoding: 'utf8',
  })
  return JSON.parse(execFileSync(process.execPath, ['main.js'], { cwd: home, encoding: 'utf8' }))
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each([
  { kind: 'standard', flags: [], prefix: '', privates: true },
  { kind: 'legacy', flags: ['--experimentalDecorators'], prefix: 'Orders.', privates: false },
])('$kind decorators', ({ kind, flags, prefix, privates }) => {
  let result: unknown
  beforeAll(() => {
    try {
      result = compile(kind, flags, privates)
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string }
      result = [stdout, stderr]
    }
  }, 60_000)

  test('wrap sync, async, static, generator and private methods', () => {
    const hidden = privates ? [10, 1] : []
    expect(result).toEqual({
      got: [26, 'x 10', [0, 1], ...hidden],
      names: ['add', 2],
      spans: [
        `add step success ${prefix}add`,
        'load attempt retry ',
        'load attempt success ',
        `load step success ${prefix}load`,
        `each step success ${prefix}each`,
        ...(privates ? ['hidden step success hidden', 'still step success still'] : []),
        `day run success ${prefix}day`,
        `made step success ${prefix}make`,
        'plain run success ',
      ],
    })
  })
})

test('what is no method is refused, in words', () => {
  const decorate = step() as unknown as (value: unknown, context: unknown) => unknown
  expect(() => decorate(undefined, { kind: 'field', name: 'x' })).toThrow(
    '"x" is a field; only methods can be decorated',
  )
  expect(() => decorate({}, 'y')).toThrow('"y" is a member')
})
