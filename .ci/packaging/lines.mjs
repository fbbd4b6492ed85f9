// The exporter on both lines of OpenTelemetry's SDK, by the same program: the two lines that our documentation names.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../run-command.mjs'
import { environmentOf, install, tarballs, write } from './consumer.mjs'
import { compile } from './consumers.mjs'

const LINES = {
  2: {
    '@opentelemetry/api': '1.9.1',
    '@opentelemetry/sdk-trace': '2.12.0',
    '@opentelemetry/context-async-hooks': '2.12.0',
  },
  3: {
    '@opentelemetry/api': '1.10.0',
    '@opentelemetry/sdk-trace': '3.1.1',
    '@opentelemetry/context-async-hooks': '3.1.1',
  },
}
/** What `@opentelemetry/sdk-trace` 3 asks for. */
const MINIMUM = [22, 15]
const NEEDED = ['@runspan/sdk', '@runspan/exporter', '@runspan/results']
const ROADS = ['processor', 'exporter']
const ROWS = {
  inner: 'deep success, sum success',
  lines:
    'read (Retry 1) retry, read success, write success, write success, notify skipped, inner success, check failed',
}

/** True for a Node on which the 3.x line runs. */
export function runsLine3(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])
}

/** Runs the program on both lines on each Node; one sentence per fault. */
export function checkLines(packs, scratch, nodes, { root, versions }) {
  const needed = packs.filter(({ manifest }) => NEEDED.includes(manifest.name))
  const program = readFileSync(join(root, '.ci/packaging/two-lines.ts'), 'utf8')
  const faults = []
  const folders = Object.entries(LINES).map(([line, sdk]) => {
    const folder = join(scratch, `line-${line}`)
    const { code, output } = install(
      folder,
      { ...tarballs(needed), ...sdk, '@types/node': versions['@types/node'] },
      needed,
      nodes[0].path,
    )
    if (code !== 0) faults.push(`OpenTelemetry ${line}.x cannot be installed beside us:\n${output}`)
    else faults.push(...compile(join(folder, 'types'), 'nodenext', { 'two-lines.ts': program }, root))
    return folder
  })
  if (faults.length > 0) return faults
  for (const node of nodes) {
    for (const road of ROADS) {
      const [two, three] = folders.map((folder) => documentsOf(join(folder, road), node, program, road))
      for (const given of [two, three])
        if (given.fault !== undefined) faults.push(`Node ${node.version}: ${given.fault}`)
      if (two.text !== three.text)
        faults.push(`Node ${node.version}, ${road}: 2.x gives\n${two.text}\n3.x gives\n${three.text}`)
    }
  }
  return faults
}

function documentsOf(folder, node, program, road) {
  const at = join(folder, node.version)
  write(at, 'two-lines.mjs', program)
  const { code, output } = runCommand(node.path, ['two-lines.mjs', road], {
    cwd: at,
    env: environmentOf(node.path),
    timeout: 60_000,
  })
  if (code !== 0 || output !== 'RangeError: two are not three') return { fault: `${at} ended with ${code}:\n${output}` }
  const documents = []
  for (const [name, expected] of Object.entries(ROWS)) {
    const results = join(at, 'results', name)
    const [file, ...more] = readdirSync(results).filter((entry) => entry.endsWith('.json'))
    const document = JSON.parse(readFileSync(join(results, file), 'utf8'))
    const rows = document.statuses.map((row) => `${row.title} ${row.status}`).join(', ')
    if (more.length > 0 || rows !== expected)
      return { fault: `${results} holds ${1 + more.length} documents with: ${rows}` }
    documents.push(withoutIdsAndTimes(document))
  }
  return { text: JSON.stringify(documents, null, 1) }
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b|\b[0-9a-f]{16}\b/g

/** A document as it is on every line, on every machine, at any time; of stacks the first line. */
export function withoutIdsAndTimes(document) {
  const text = JSON.stringify(document, (key, value) => {
    if (key.endsWith('_ms') && typeof value === 'number') return 0
    if (key.endsWith('_at') && typeof value === 'string') return 'a time'
    if (/^stack/.test(key) && typeof value === 'string') return value.split('\n')[0]
    return value
  })
  return JSON.parse(text.replace(ID, 'an id'))
}
