// Our packages and another vendor's SDK in one install and one process: the document stays whole.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../run-command.mjs'
import { install, tarballs, write } from './consumer.mjs'

const API = { '@opentelemetry/api': '1.9.1' }
const ROWS = ['read (Retry 1) retry', 'read success', 'sum success', 'inner success']

/**
 * What a user does, and what the vendor then still gets. Only one provider can be registered: whose it is gets the spans.
 * `message`: what the vendor is told outside of spans.
 */
const VENDORS = [
  {
    name: 'Sentry 11',
    packages: { '@sentry/node': '11.12.0' },
    program: 'beside-sentry.ts',
    ways: { 'ours first': ['theirs', 'a message'], 'theirs first': ['theirs', 'a message'] },
  },
  {
    name: 'Sentry 10',
    packages: { '@sentry/node': '10.78.0' },
    program: 'beside-sentry.ts',
    ways: { 'ours first': ['a message'], processor: ['theirs', 'a message'] },
  },
  {
    name: 'logfire',
    packages: { '@pydantic/logfire-node': '0.18.25' },
    program: 'beside-logfire.ts',
    ways: { 'ours first': ['runspan.step.duration'], processor: ['theirs', 'runspan.step.duration'] },
  },
]

export const vendorNames = VENDORS.map(({ name }) => name)

/** One sentence per fault of us beside the vendor of that name. */
export function checkVendor(name, packs, scratch, root) {
  const { packages, program, ways } = VENDORS.find((vendor) => vendor.name === name)
  const folder = join(scratch, name.replace(' ', '-'))
  const { code, output } = install(folder, { ...tarballs(packs), ...API, ...packages }, packs)
  if (code !== 0) return [`${name} cannot be installed beside us:\n${output}`]
  return Object.entries(ways).flatMap(([how, vendor]) => {
    const at = join(folder, how.replace(' ', '-'))
    for (const file of ['beside-flow.ts', program]) {
      write(at, file.replace(/\.ts$/, '.mjs'), readFileSync(join(root, '.ci/packaging', file), 'utf8'))
    }
    const run = runCommand(process.execPath, [program.replace(/\.ts$/, '.mjs'), how], { cwd: at, timeout: 60_000 })
    const expected = JSON.stringify({ rows: [ROWS], vendor })
    if (run.code === 0 && run.output === expected) return []
    return [`${name}, ${how}: ended with ${run.code} and said\n${run.output}\nexpected\n${expected}`]
  })
}
