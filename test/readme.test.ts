/*
 * Everything the READMEs show is true: its programs are compiled strictly against the built packages and run in a
 * project of their own, its commands exist, the documents and outputs it shows are those that were written.
 * A comment directly above a block says what a test cannot guess; parts are divided by `;`:
 *
 *   ts, js   nothing          compiled and run; must exit 0
 *            exit: 1          … must exit 1
 *            file: etl.ts     the name other blocks and commands know it by (`node run/etl.js`)
 *            types            compiled only: it would not end, or a later command runs it
 *   sh       nothing          every command names a script, file or package that exists
 *            run              … and is run: `node …`, `npx runspan …`, `npm start …`
 *            exit: 1          … and exits 1
 *   json     output: results/daily_etl/*.json   same keys, order and kinds as the newest such file of the run before,
 *                             or as its beginning; rows of `statuses` the same in all but the stack.
 *                             `output: stdout`: what the run printed
 *            file: NAME       only has to be JSON
 *   text     output: stdout   its lines are in what ran last; numbers and ids may differ, `…` is anything
 *   others   not run: why     needed for any language not above; allowed for sh, json and text
 *
 * A block that fits none of these is a fault.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { brokenLinks, checkPage } from './readme/check.js'
import { compareDocument } from './readme/compare.js'
import { manifestsOf, readWorkspaceTree, workspaceRoot } from './repo/tree.js'

const manifests = manifestsOf(readWorkspaceTree()).map(({ json }) => json)
const root = JSON.parse(readFileSync(join(workspaceRoot, 'package.json'), 'utf8'))
const dependencies = manifests.flatMap(({ dependencies, devDependencies, peerDependencies }) =>
  Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }),
)
const known = {
  scripts: new Set(Object.keys(root.scripts)),
  packages: new Set([...manifests.map(({ name }) => name ?? ''), ...dependencies]),
  bins: new Set(manifests.flatMap(({ bin }) => Object.keys(bin ?? {}))),
}

const page = (...blocks: string[]) => blocks.join('\n\n')
const block = (language: string, code: string, comment?: string) =>
  `${comment === undefined ? '' : `<!-- ${comment} -->\n`}\`\`\`${language}\n${code}\n\`\`\``

const WRITES = `import { mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('results/w', { recursive: true })
const statuses = [{ run_id: '0001', title: 'a', error_code: null, stacktrace: 'at /x:1' }]
writeFileSync('results/w/1.json', JSON.stringify({ statuses, run: { ms: 3 } }))
console.log('wrote 1 document in 12 ms')
`

/** The page of the repository, and those of its packages. */
const pages = [...readWorkspaceTree()].filter(([path]) => /^(packages\/[^/]+\/)?README\.md$/.test(path))

describe.each(pages)('%s', (path, markdown) => {
  it('shows only what is true', () => {
    expect(checkPage(markdown, known)).toEqual([])
  }, 300_000)

  it('links to what exists', () => {
    const folder = join(workspaceRoot, dirname(path))
    expect(brokenLinks(markdown, (target) => existsSync(join(folder, target)))).toEqual([])
  })
})

describe('the check of a page', () => {
  it('accepts programs that run, documents and outputs they gave, and commands that exist', () => {
    const document =
      '{ "statuses": [{ "run_id": "0001", "title": "a", "error_code": null, "stacktrace": "…" }], "run": { "ms": 9 } }'
    const faults = checkPage(
      page(
        block('ts', WRITES),
        block('json', document, 'output: results/w/*.json'),
        block('text', 'wrote 7 document in 1.5 s', 'output: stdout'),
        block('js', 'process.exit(3)', 'exit: 3'),
        block('ts', "import { createServer } from 'node:http'\ncreateServer().listen(0)", 'file: server.ts; types'),
        block('js', "console.log('named')", 'file: named.js; types'),
        block('sh', '# a comment\nnode run/named.js', 'run'),
        block('text', 'named', 'output: stdout'),
        block('sh', 'git clone https://example.org/x\nnpm start -- --broken\nnpm test\nnpm install zod'),
        block('yaml', 'a: 1', 'not run: needs a server'),
      ),
      known,
    )
    expect(faults).toEqual([])
  })

  it.each([
    ['a type error', block('ts', "export const a: number = 'text'"), /do not compile[\s\S]*TS2322/],
    ['a wrong type in JavaScript', block('js', "Math.abs('text')"), /do not compile/],
    ['a package nobody has', block('ts', "import 'not-a-package'"), /do not compile/],
    [
      'a program that fails',
      block('ts', "throw new Error('no')"),
      /line 1: it ended with 1, expected 0[\s\S]*Error: no/,
    ],
    ['a program that should fail', block('ts', 'export {}', 'exit: 1'), /ended with 0, expected 1/],
    ['a command of no package', block('sh', 'npx nothing-of-ours'), /no package has the command 'nothing-of-ours'/],
    ['a script nobody wrote', block('sh', 'npm run absent'), /there is no script 'absent'/],
    [
      'a package to install that does not exist',
      block('sh', 'npm install @runspan/absent'),
      /no package @runspan\/absent/,
    ],
    ['a file that is not shown', block('sh', 'node run/absent.js', 'run'), /there is no file run\/absent.js/],
    ['a program nothing is known of', block('sh', 'FOO=1 frobnicate'), /nothing is known of 'frobnicate'/],
    ['a command that no test may run', block('sh', 'npm test', 'run'), /nothing that a test may run/],
    ['a language that nothing checks', block('yaml', 'a: 1'), /line 1 is checked by nothing/],
    ['a block without a language', block('', 'text'), /checked by nothing/],
    ['a reason that is none', block('yaml', 'a: 1', 'not run'), /gives no reason/],
    ['a program that is not even compiled', block('ts', 'a', 'not run: lazy'), /at least its types/],
    ['a misspelt directive', block('ts', 'export {}', 'typos'), /directive 'typos'/],
    ['a document compared with nothing', block('json', '{}'), /compared with nothing/],
    ['an output compared with nothing', block('text', 'x'), /compared with nothing/],
    ['a document before any run', block('json', '{}', 'output: results/*.json'), /nothing ran before it/],
    ['a block that is never closed', '```ts\n', /never closed/],
  ])('refuses %s', (_what, markdown, fault) => {
    expect(() => {
      const faults = checkPage(markdown, known)
      if (faults.length > 0) throw new Error(faults.join('\n'))
    }).toThrow(fault)
  })

  it.each([
    [
      'another row',
      '{"statuses":[{"run_id":"0002","title":"a","error_code":null,"stacktrace":""}],"run":{"ms":3}}',
      /run_id/,
    ],
    ['another order', '{"run":{"ms":3},"statuses":[]}', /shown with run, statuses/],
    [
      'a missing key',
      '{"statuses":[{"run_id":"0001","title":"a","error_code":null}],"run":{"ms":3}}',
      /statuses\[0\] is shown/,
    ],
    [
      'another kind',
      '{"statuses":[{"run_id":"0001","title":"a","error_code":null,"stacktrace":""}],"run":{"ms":"3"}}',
      /run.ms/,
    ],
    ['no rows', '{"statuses":[]}', /0 elements/],
    ['a key that was not written', '{"statuses":[],"run":{},"more":1}', /shown with statuses, run, more/],
  ])('refuses a document with %s', (_what, shown, fault) => {
    const statuses = [{ run_id: '0001', title: 'a', error_code: null, stacktrace: 'at /x:1' }]
    expect(compareDocument(JSON.parse(shown), { statuses, run: { ms: 3 } }).join()).toMatch(fault)
  })

  it('refuses documents and outputs that a run did not give', () => {
    const faults = checkPage(
      page(
        block('ts', WRITES),
        block('json', '{ "run": {} }', 'output: results/w/*.json'),
        block('json', '{', 'output: results/w/*.json'),
        block('json', '{}', 'output: results/absent/*.json'),
        block('text', 'lost 1 document in 12 ms', 'output: stdout'),
      ),
      known,
    )
    expect(faults.map((fault) => fault.split('\n')[0])).toEqual([
      'The `json` block at line 11: the document is shown with run; was written with statuses',
      'The `json` block at line 16: it is no JSON',
      'The `json` block at line 21: no file results/absent/*.json was written',
      'The `text` block at line 26: no line is like: lost 1 document in 12 ms',
    ])
  })

  it('finds links to nothing', () => {
    expect(
      brokenLinks('[a](LICENSE) [b](https://x.org) [c](#top) <img src="gone.svg">', (path) => path === 'LICENSE'),
    ).toEqual(['gone.svg'])
  })
})
