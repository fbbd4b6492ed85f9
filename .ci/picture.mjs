// Draws .github/terminal.svg of the recording in test/golden; `node .ci/picture.mjs record` makes a new recording first:
// what `npm start` runs, in a terminal of its own and an empty folder. That needs `script`, of util-linux.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drawReadmePicture } from './picture/readme-picture.mjs'
import { runCommand } from './run-command.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const recordingPath = join(root, 'test/golden/terminal-recording.txt')
const picturePath = join(root, '.github/terminal.svg')
const SIZE = { columns: 92, rows: 50 }

function record() {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'runspan-picture-'))
  try {
    const main = join(root, 'examples/weather/dist/main.js')
    const command = `stty cols ${SIZE.columns} rows ${SIZE.rows}; exec "$RECORDED_NODE" "$RECORDED_PROGRAM"`
    const { PATH } = process.env
    const { code, output } = runCommand('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: folder,
      env: { PATH, TERM: 'xterm', LANG: 'C.UTF-8', RECORDED_NODE: process.execPath, RECORDED_PROGRAM: main },
    })
    if (code !== 0) throw new Error(`The program ended with ${code}:\n${output}`)
    return `${output.replaceAll('\r\n', '\n')}\n`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[2] === 'record') writeFileSync(recordingPath, record())
const picture = drawReadmePicture(readFileSync(recordingPath, 'utf8'))
writeFileSync(picturePath, picture)
process.stdout.write(`.github/terminal.svg: ${picture.length} characters\n`)
