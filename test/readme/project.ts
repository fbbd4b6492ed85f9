import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { workspaceRoot } from '../repo/tree.js'
import type { Block } from './blocks.js'
import { escapeText } from './compare.js'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Where it ran: what it wrote is found from there. */
  readonly folder: string
}

/** A project of a reader: it resolves the built packages as a user's project does, by their names. */
export interface Project {
  readonly folder: string
  /** Writes a program and gives the path to run it by. */
  add(block: Block): string
  /** Compiles everything added; the compiler's own words when it refuses. */
  compile(): string
  runProgram(path: string): Ended
  runCommand(command: string): Ended
  close(): void
}

const SETTINGS = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023', 'ESNext.Disposable'],
    module: 'NodeNext',
    strict: true,
    allowJs: true,
    checkJs: true,
    types: ['node'],
    outDir: 'run',
    rootDir: 'src',
  },
}

export function createProject(): Project {
  // Below the workspace's node_modules, where names resolve as they do for a user, and where no tool looks.
  const cache = join(workspaceRoot, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'readme-'))
  const files: string[] = []
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n')

  const add = (block: Block) => {
    const name = block.directives.get('file') || `line-${block.line}.${block.language}`
    const path = join(folder, 'src', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${block.code}\n`)
    files.push(`src/${name}`)
    return join('run', name.replace(/\.ts$/, '.js'))
  }

  const compile = () => {
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...SETTINGS, files }))
    const compiler = join(workspaceRoot, 'node_modules/typescript/bin/tsc')
    return start(process.execPath, [compiler, '--pretty', 'false', '-p', folder], folder).stdout
  }

  return {
    folder,
    add,
    compile,
    runProgram: (path) => start(process.execPath, [path], folder),
    runCommand: (command) => start(command, [], /\bnpm\b/.test(command) ? workspaceRoot : folder, true),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function start(command: string, args: string[], folder: string, shell = false): Ended {
  const bin = join(workspaceRoot, 'node_modules', '.bin')
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', PATH: `${bin}${delimiter}${process.env.PATH}` }
  delete env.FORCE_COLOR
  delete env.NODE_OPTIONS
  // Set by the test runner: a program of the page is no test.
  for (const name of ['VITEST', 'NODE_ENV', 'TEST']) delete env[name]
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env,
    shell,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  })
  return { code: status, stdout, stderr, folder }
}

/** The newest file that matches, for example `results/daily_etl/*.json`, below the folder of a run. */
export function newestFile(folder: string, pattern: string): string | undefined {
  const [top, ...rest] = pattern.split('/')
  const expression = new RegExp(`^${rest.map((part) => part.split('*').map(escapeText).join('[^/]*')).join('/')}$`)
  if (!existsSync(join(folder, top!))) return undefined
  return readdirSync(join(folder, top!), { recursive: true, encoding: 'utf8' })
    .filter((path) => expression.test(path.replaceAll('\\', '/')))
    .map((path) => join(folder, top!, path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]
}
