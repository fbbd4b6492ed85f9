// Proves the tarballs where users have them: on every Node we name, on both lines of OpenTelemetry, beside other vendors.
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkLines, runsLine3 } from './packaging/lines.mjs'
import { prepareNode } from './packaging/nodes.mjs'
import { checkOnNode } from './packaging/on-node.mjs'
import { packAll } from './packaging/pack.mjs'
import { checkVendor, vendorNames } from './packaging/vendors.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const scratch = mkdtempSync(join(realpathSync(tmpdir()), 'runspan-matrix-'))
const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const manifest = readJson('package.json')
const versions = { ...manifest.devDependencies, ...readJson('examples/weather/package.json').dependencies }

/** The oldest Node that the manifests allow, and the newest of each line. */
const LINES = [manifest.engines.node.replace('>=', ''), '22', '24', '26']
const PARTS = ['install', 'import', 'require', 'smoke']

const seconds = (ms) => (ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`)
const row = (cells) => `${cells.map((cell, index) => (index === 0 ? cell.padEnd(26) : cell.padStart(11))).join(' ')}\n`
const faults = []
const say = (text) => process.stdout.write(text)

async function onNodes(packs) {
  const nodes = []
  say(row(['', ...PARTS, 'sqlite', 'all']))
  for (const line of LINES) {
    const began = Date.now()
    const node = await prepareNode(line)
    if (node.path === undefined) {
      say(`Node ${line.padEnd(21)} skipped: ${node.reason}\n`)
      continue
    }
    nodes.push(node)
    const result = checkOnNode(packs, join(scratch, node.version), node, { root, versions })
    faults.push(...result.faults.map((fault) => `Node ${node.version}: ${fault}`))
    const cells = [
      ...PARTS.map((part) => seconds(result.times[part])),
      result.driver ?? '-',
      seconds(Date.now() - began),
    ]
    say(row([`${result.faults.length === 0 ? 'ok     ' : 'FAILED '}Node ${node.version}`, ...cells]))
  }
  if (nodes.length === 0) faults.push('not one version of Node could be fetched')
  return nodes
}

function part(name, check) {
  const began = Date.now()
  const found = check()
  faults.push(...found)
  say(`${found.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds(Date.now() - began)})\n`)
}

try {
  const packs = packAll(root, scratch)
  const nodes = (await onNodes(packs)).filter(({ version }) => runsLine3(version))
  const named = nodes.map(({ version }) => version).join(', ')
  if (nodes.length === 0) say('OpenTelemetry 3.x: skipped, it needs Node 22.15 and there is none\n')
  else
    part(`OpenTelemetry 2.x and 3.x, same documents, on Node ${named}`, () =>
      checkLines(packs, scratch, nodes, { root, versions }),
    )
  for (const name of vendorNames) part(`beside ${name}`, () => checkVendor(name, packs, scratch, root))
} finally {
  if (process.env.RUNSPAN_KEEP) say(`kept: ${scratch}\n`)
  else rmSync(scratch, { recursive: true, force: true })
}
for (const fault of faults) say(`${fault}\n`)
process.exitCode = faults.length === 0 ? 0 : 1
