import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, freePorts, runProgram } from './program.js'
import { binary, type Site } from './stack.js'

/** The server refuses to run as root; Debian's package brings a user for it. */
function userId(): number | undefined {
  return process.getuid?.() === 0 ? Number(execFileSync('id', ['-u', 'postgres']).toString()) : undefined
}

/** Where Debian put it: the folder of links may be one that the user of the server cannot enter. */
const installed = (name: string) => realpath(binary(name))

/** Starts a PostgreSQL of its own for a test; gives its address. */
export async function startPostgres(site: Site): Promise<string> {
  const uid = userId()
  const user = uid === undefined ? {} : { uid }
  const data = join(site.folder, 'postgres')
  await mkdir(data)
  if (uid !== undefined) {
    await chmod(site.folder, 0o755)
    await chown(data, uid, -1)
    await chmod(data, 0o700)
  }
  const made = await runProgram(await installed('initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'], {
    ...user,
    cwd: '/',
  })
  if (made.code !== 0) throw new Error(made.output)
  const [port] = await freePorts(1)
  const args = ['-D', data, '-p', `${port}`, '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-F']
  const server = site.start(await installed('postgres'), args, { ...user, cwd: '/' })
  await eventually('PostgreSQL', () => server.output().includes('ready to accept connections'))
  return `postgres://postgres@127.0.0.1:${port}/postgres`
}
