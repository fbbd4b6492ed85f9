/* The image of Runspan that the compose file builds: the steps of its Dockerfile, taken without an engine. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, freePorts, isUp, runProgram } from './program.js'
import { openSite, root, type Site } from './stack.js'

/** Instructions of a Dockerfile, continued lines joined. */
const instructions = readFileSync(join(root, 'examples/stack/runspan.Dockerfile'), 'utf8')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .flatMap((line) => /^([A-Z]+) (.*)$/.exec(line)?.slice(1, 3).map(String) ?? [])

const given = (word: string) => instructions.filter((_, at) => at % 2 === 1 && instructions[at - 1] === word)

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

it('builds from the checkout and serves what the final stage copies', async () => {
  const [build, final] = [join(site.folder, 'build'), join(site.folder, 'final')]
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  for (const path of new Set(listed.toString().split('\0').filter(Boolean))) {
    mkdirSync(dirname(join(build, path)), { recursive: true })
    cpSync(join(root, path), join(build, path))
  }
  const [install = ''] = given('RUN')
  expect(install).toContain('npm ci')
  const built = await runProgram('sh', ['-c', install], { cwd: build })
  expect(built, built.output).toMatchObject({ code: 0 })

  const copies = given('COPY').flatMap((line) => /^--from=build \/runspan\/(\S+) /.exec(line)?.[1] ?? [])
  expect(copies).toContain('packages')
  for (const path of copies) cpSync(join(build, path), join(final, path), { recursive: true, verbatimSymlinks: true })

  const [command = '', ...args] = JSON.parse(given('ENTRYPOINT')[0] ?? '[]') as string[]
  const [port] = await freePorts(1)
  const served = site.start(command, [...args, 'serve', '--port', String(port), '--store', join(final, 'runs.db')], {
    cwd: final,
  })
  await eventually('the server', () => isUp(`http://127.0.0.1:${port}/readyz`))
  expect(await served.stop()).toBe(143)
})
