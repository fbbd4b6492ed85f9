// Somebody else's projects: empty folders outside the workspace that install the tarballs and use them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../run-command.mjs'
import { install, tarballs, write } from './consumer.mjs'
import { entryNames } from './contents.mjs'

/** Importing it starts everything, which is its purpose; the others must do nothing on import. */
const STARTS_ON_IMPORT = /\/register$/

/** Each package alone: what it does not declare is not there. */
export function checkAlone(packs, scratch, versions) {
  return packs.flatMap((pack) => {
    const { name, peerDependencies = {}, bin } = pack.manifest
    const folder = join(scratch, 'alone', name.replace('/', '-'))
    const peers = Object.fromEntries(Object.keys(peerDependencies).map((peer) => [peer, versions[peer] ?? '*']))
    const { code, output } = install(folder, { [name]: `file:${pack.tarball}`, ...peers }, packs)
    if (code !== 0) return [`${name} alone cannot be installed:\n${output}`]

    const names = entryNames(pack.manifest).filter((entry) => !STARTS_ON_IMPORT.test(entry))
    const loads = [
      ['import', 'imported.mjs', names.map((entry) => `await import('${entry}')`).join('\n')],
      ['require', 'required.cjs', names.map((entry) => `require('${entry}')`).join('\n')],
    ]
    const faults = loads.flatMap(([how, file, text]) => {
      write(folder, file, text)
      const loaded = runCommand(process.execPath, [file], { cwd: folder, timeout: 20_000 })
      if (loaded.code === 0 && loaded.output === '') return []
      return [`${name} alone, by ${how}, is not silent and well (exit ${loaded.code}):\n${loaded.output}`]
    })
    for (const command of Object.keys(bin ?? {})) {
      const help = runCommand(join(folder, 'node_modules', '.bin', command), ['--help'], {
        cwd: folder,
        timeout: 20_000,
      })
      if (help.code !== 0) faults.push(`${command} --help ended with ${help.code}:\n${help.output}`)
    }
    return faults
  })
}

export const asRequire = (text) => text.replace(/^import (\{[^}]*\}) from ('[^']+')/gm, 'const $1 = require($2)')

const TYPE_SETTINGS = {
  nodenext: { module: 'NodeNext', moduleResolution: 'NodeNext' },
  bundler: { module: 'ESNext', moduleResolution: 'Bundler' },
}

/** The same program of thirty lines as an ES module, as CommonJS, in TypeScript and by `tsx`, in one install of everything. */
export function checkPrograms(packs, scratch, { root, versions, tsx }) {
  const folder = join(scratch, 'programs')
  const installed = install(folder, { ...tarballs(packs), ...versions }, packs)
  if (installed.code !== 0) return [`All packages together cannot be installed:\n${installed.output}`]

  const program = readFileSync(join(root, '.ci/packaging/weather.ts'), 'utf8')
  const faults = [
    ...runWeather(join(folder, 'esm'), 'weather.mjs', program),
    ...runWeather(join(folder, 'commonjs'), 'weather.cjs', asRequire(program)),
  ]
  for (const [type, text] of [
    ['module', program],
    ['commonjs', asRequire(program)],
  ]) {
    write(join(folder, `tsx-${type}`), 'package.json', { type, private: true })
    faults.push(
      ...runWeather(join(folder, `tsx-${type}`), 'weather.ts', `enum Kind { Real }\n${text}`, [process.execPath, tsx]),
    )
  }
  for (const name of Object.keys(TYPE_SETTINGS)) {
    faults.push(...compileWeather(join(folder, name), name, program, packs, root))
  }
  faults.push(...runWeather(join(folder, 'nodenext'), 'run/weather.js'))
  return faults
}

/** The program says its run's key, and the document of that run stands where the README says. */
export function runWeather(folder, file, text, [command, ...before] = [process.execPath]) {
  if (text !== undefined) write(folder, file, text)
  const data = join(folder, '../node_modules/vega-datasets/data/seattle-weather.csv')
  const { code, output, stdout } = runCommand(command, [...before, file, data], { cwd: folder, timeout: 60_000 })
  if (code !== 0) return [`${file} ended with ${code}:\n${output}`]
  const { key, months } = JSON.parse(stdout)
  if (months !== 48) return [`${file} counted ${months} months, there are 48`]
  const results = join(folder, 'results', 'weather')
  const documents = readdirSync(results)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(results, name), 'utf8')))
  const own = documents.find((document) => document.run?.key === key)
  if (own === undefined) return [`${file} left no document of the run ${key}`]
  const rows = own.statuses.map((row) => `${row.run_id} ${row.title} ${row.status}`).join(', ')
  return rows === '0001 read success, 0002 sum success' ? [] : [`${file} left these rows: ${rows}`]
}

/** Every entry and the program, by the compiler. */
function compileWeather(folder, resolution, program, packs, root) {
  const names = packs.flatMap(({ manifest }) => entryNames(manifest))
  const entries = names.map((name, index) => `import * as entry${index} from '${name}'\nvoid entry${index}`)
  return compile(folder, resolution, { 'weather.ts': program, 'entries.ts': entries.join('\n') }, root)
}

/** Strict, and the declarations of what is imported are checked too: `skipLibCheck` would hide their faults. */
export function compile(folder, resolution, programs, root) {
  write(folder, 'package.json', { type: 'module', private: true })
  for (const [name, text] of Object.entries(programs)) write(join(folder, 'src'), name, text)
  write(folder, 'tsconfig.json', {
    compilerOptions: {
      ...TYPE_SETTINGS[resolution],
      target: 'ES2022',
      lib: ['ES2023', 'ESNext.Disposable', 'DOM'],
      types: ['node'],
      strict: true,
      skipLibCheck: false,
      rootDir: 'src',
      outDir: 'run',
    },
    include: ['src'],
  })
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { code, output } = runCommand(process.execPath, [compiler, '--pretty', 'false', '-p', folder], { cwd: folder })
  return code === 0 ? [] : [`TypeScript with ${resolution} refuses what stands in ${folder}:\n${output}`]
}
