import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const FOLDER = 'rdetoolkit-1.6.3'
const INSTALL = [['--no-deps', 'rdetoolkit==1.6.3'], ['pydantic>=2.8.3,<3']]

// One document a line, as a JSON string; for each, what the original writes after it has read it, or why it refuses.
const READER = `
import json, sys
from rdetoolkit.models.result import WorkflowExecutionResults
for line in sys.stdin:
    try:
        again = WorkflowExecutionResults.model_validate_json(json.loads(line)).model_dump_json(indent=2)
        print(json.dumps({"text": again}))
    except Exception as fault:
        print(json.dumps({"refused": str(fault)}))
`

/** What the original made of a document: the text it wrote again, or why it refused it. */
export type Reread = { text: string } | { refused: string }

/** Reads documents with the original program and writes them again; or says why that cannot be done here. */
export type Original = { read: (texts: readonly string[]) => Reread[] } | { missing: string }

/** The original program in an environment of its own, in a cache outside the checkout; made at the first use. */
export function openOriginal(): Original {
  const cache = process.env.RUNSPAN_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'runspan')
  const folder = join(cache, FOLDER)
  const missing = existsSync(folder) ? undefined : install(cache, folder)
  return missing === undefined ? { read: (texts) => reread(join(folder, 'bin/python'), texts) } : { missing }
}

/** Made aside and moved into its place, so that one that was cut off half-way is never used. */
function install(cache: string, folder: string): string | undefined {
  mkdirSync(cache, { recursive: true })
  const aside = mkdtempSync(join(cache, `${FOLDER}-`))
  const python = join(aside, 'bin/python')
  const steps = [
    ['python3', '-m', 'venv', aside],
    ...INSTALL.map((what) => [python, '-m', 'pip', 'install', '-q', '--disable-pip-version-check', ...what]),
    [python, '-c', 'import rdetoolkit.models.result'],
  ]
  for (const [command, ...args] of steps) {
    const { status, stderr, error } = spawnSync(command as string, args, { encoding: 'utf8', timeout: 120_000 })
    if (status === 0) continue
    rmSync(aside, { recursive: true, force: true })
    return `${[command, ...args.slice(0, 3)].join(' ')}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`
  }
  if (existsSync(folder)) rmSync(aside, { recursive: true, force: true })
  else renameSync(aside, folder)
  return undefined
}

function reread(python: string, texts: readonly string[]): Reread[] {
  const { status, stdout, stderr } = spawnSync(python, ['-c', READER], {
    input: texts.map((text) => `${JSON.stringify(text)}\n`).join(''),
    encoding: 'utf8',
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(`the original ended with ${status}: ${stderr}`)
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Reread)
}
