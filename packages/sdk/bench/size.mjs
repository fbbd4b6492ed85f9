// How large the package is for who bundles it, with what it needs of `@runspan/results/core`, and how long its import
// takes beyond that of the OpenTelemetry API: from its files, and from such a bundle.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const entry = fileURLToPath(import.meta.resolve('@runspan/sdk'))
const bundle = await rolldown({ input: entry, external: [/^node:/, '@opentelemetry/api'], logLevel: 'silent' })
const { output } = await bundle.generate({ format: 'esm', minify: true })
const code = output.map((chunk) => chunk.code ?? '').join('')

const folder = mkdtempSync(fileURLToPath(new URL('../dist/.size-', import.meta.url)))
const bundled = join(folder, 'sdk.mjs')
writeFileSync(bundled, code)

/** Milliseconds, the least of several tries. */
function importMs(path) {
  const program = `await import('@opentelemetry/api'); const before = performance.now()
await import(${JSON.stringify(path)}); console.log(performance.now() - before)`
  const args = ['--input-type=module', '-e', program]
  const times = Array.from(
    { length: 9 },
    () => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).stdout,
  )
  return Math.min(...times.map(Number))
}

const say = (what, value, unit, gate) =>
  console.log(
    `     ${what.padEnd(52)} ${value.toFixed(1)} ${unit}  ${value < gate ? 'gate met' : 'gate missed'} (${gate})`,
  )
say('size, minified and gzipped', gzipSync(code, { level: 9 }).length / 1_000, 'kB', 15)
say('import, from its files', importMs(entry), 'ms', 10)
say('import, from a bundle', importMs(bundled), 'ms', 10)
rmSync(folder, { recursive: true })
