// Programs started without a shell, their output kept for whoever has to say what went wrong.
import { spawnSync } from 'node:child_process'

/** npm as a script where npm started us, so that no shell is needed on any platform; else `npm` from the path. */
export function npmCommand(environment = process.env) {
  const script = environment.npm_execpath ?? ''
  return /npm-cli\.[cm]?js$/.test(script) ? [process.execPath, [script]] : ['npm', []]
}

/** Runs to the end; gives `code`, `stdout` and `output` (both streams). A program that cannot start is an error. */
export function runCommand(command, args, options = {}) {
  const { cwd, env = process.env, timeout = 300_000 } = options
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  })
  if (error !== undefined) throw error
  return { code: status ?? 1, stdout, output: `${stdout}${stderr}`.trim() }
}

export function runNpm(args, options) {
  const [command, before] = npmCommand()
  return runCommand(command, [...before, ...args], options)
}
