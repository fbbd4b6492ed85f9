// Packs every public package and proves the tarballs: their content and size, their manifests and types by publint and
// arethetypeswrong, and their use in empty projects outside the workspace.
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkAlone, checkPrograms } from './packaging/consumers.mjs'
import { contentFaults, entryNames, missingEntries } from './packaging/contents.mjs'
import { packAll } from './packaging/pack.mjs'
import { runCommand } from './run-command.mjs'
import { prepareTools } from './tools.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const scratch = mkdtempSync(join(realpathSync(tmpdir()), 'runspan-packaging-'))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const example = JSON.parse(readFileSync(join(root, 'examples/weather/package.json'), 'utf8'))

/** What a consumer installs beside us, in the versions that the workspace is tested with. */
const versions = {
  '@opentelemetry/api': manifest.devDependencies['@opentelemetry/api'],
  '@types/node': manifest.devDependencies['@types/node'],
  'vega-datasets': example.dependencies['vega-datasets'],
}

let failed = 0
async function part(name, check) {
  const began = Date.now()
  const faults = await check()
  failed += faults.length
  process.stdout.write(
    `${faults.length === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`,
  )
  for (const fault of faults) process.stdout.write(`${fault.replace(/^/gm, '  ')}\n`)
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1).padStart(7)} kB`

function tarballFaults(packs) {
  for (const {
    manifest: { name },
    packed,
  } of packs) {
    const { size, unpackedSize, files } = packed
    process.stdout.write(
      `${name.padEnd(20)} ${kilobytes(size)} packed ${kilobytes(unpackedSize)} unpacked ${files.length} files\n`,
    )
  }
  return packs.flatMap(({ manifest: own, packed }) => [
    ...contentFaults(packed),
    ...missingEntries(own, packed.files).map((path) => `${own.name} names ${path}, which it does not hold`),
  ])
}

function linterFaults(packs, toolPath) {
  return packs.flatMap(({ manifest: own, tarball }) => {
    const checks = [['publint', ['run', tarball, '--strict']]]
    // `require` of an ES module works from Node 20.19 on, and is proved below by doing it.
    if (entryNames(own).length > 0) checks.push(['arethetypeswrong', [tarball, '--profile', 'esm-only', '--no-color']])
    return checks.flatMap(([tool, args]) => {
      const { code, output } = runCommand(process.execPath, [toolPath(tool), ...args])
      return code === 0 ? [] : [`${tool} on ${own.name}:\n${output}`]
    })
  })
}

try {
  const packs = packAll(root, scratch)
  const toolPath = await prepareTools()
  await part('content and size', () => tarballFaults(packs))
  await part('publint and arethetypeswrong', () => linterFaults(packs, toolPath))
  await part('each package alone, import and require', () => checkAlone(packs, scratch, versions))
  const tsx = toolPath('tsx')
  await part('ESM, CommonJS, TypeScript nodenext and bundler, tsx', () =>
    checkPrograms(packs, scratch, { root, versions, tsx }),
  )
  await part('release, without publishing', () => {
    const { code, output } = runCommand(process.execPath, [join(root, '.ci/release.mjs'), 'publish', '--dry-run'])
    return code === 0 ? [] : [output]
  })
} catch (error) {
  failed += 1
  process.stdout.write(`${error.message}\n`)
} finally {
  if (process.env.RUNSPAN_KEEP) process.stdout.write(`kept: ${scratch}\n`)
  else rmSync(scratch, { recursive: true, force: true })
}
process.exitCode = failed === 0 ? 0 : 1
