// Some registries do not carry the binaries of every platform. npm then writes a lock file without them, and refuses to
// install from it on any machine (`npm ci`: "Missing … from lock file"). This adds what the locked packages name as
// optional for another platform. Run it after `npm install`; nothing changes where nothing is missing.
import { readFileSync, writeFileSync } from 'node:fs'

const path = new URL('../package-lock.json', import.meta.url)
const PLATFORM =
  /(android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|aix|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64|mips64el)(?:-(gnu|musl|msvc|eabi|gnueabihf|musleabihf))?$/
const LIBC = { gnu: ['glibc'], musl: ['musl'] }

/** Optional dependencies that a package of the lock file names and the lock file lacks, with what their name says. */
function missingPlatforms(lock) {
  const missing = {}
  for (const [owner, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const at = `node_modules/${name}`
      const platform = PLATFORM.exec(name)
      if (platform === null || at in lock.packages || `${owner}/${at}` in lock.packages) continue
      const [, os, cpu, libc] = platform
      missing[at] = {
        version,
        cpu: [cpu],
        ...(entry.dev ? { dev: true } : {}),
        ...(LIBC[libc] ? { libc: LIBC[libc] } : {}),
        license: entry.license,
        optional: true,
        os: [os],
        ...(entry.engines ? { engines: entry.engines } : {}),
      }
    }
  }
  return missing
}

const lock = JSON.parse(readFileSync(path, 'utf8'))
const missing = missingPlatforms(lock)
const names = Object.keys(missing)
if (names.length > 0) {
  const { '': root, ...rest } = { ...lock.packages, ...missing }
  const sorted = Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: { '': root, ...sorted } }, null, 2)}\n`)
}
process.stdout.write(`package-lock.json: ${names.length} entries for other platforms added\n`)
