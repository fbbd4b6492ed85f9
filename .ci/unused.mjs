// Files, exports and dependencies that nothing uses, found by knip.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from './run-command.mjs'
import { prepareTools } from './tools.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const toolPath = await prepareTools()
const { code, output } = runCommand(
  process.execPath,
  [toolPath('knip'), '--config', '.ci/knip.json', '--no-progress', '--no-config-hints'],
  { cwd: root },
)
process.stdout.write(code === 0 ? 'nothing is unused\n' : `${output}\n`)
process.exitCode = code
