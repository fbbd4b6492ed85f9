// Tools that only the checks need: pinned here, installed outside the checkout, so that a clone stays small.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { runNpm } from './run-command.mjs'

const TOOLS = { '@arethetypeswrong/cli': '0.18.5', knip: '6.44.2', publint: '0.3.25', tsx: '4.23.15' }

export const cacheFolder =
  process.env.RUNSPAN_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'runspan')

/** Installs the tools where they are missing; gives a function from a command's name to its script. */
export async function prepareTools() {
  const version = createHash('sha256').update(JSON.stringify(TOOLS)).digest('hex').slice(0, 12)
  const folder = join(cacheFolder, `tools-${version}`)
  const ready = join(folder, 'ready')
  await withLock(folder, console.error, () => {
    if (existsSync(ready)) return
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: TOOLS }))
    const { code, output } = runNpm(['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder })
    if (code !== 0) throw new Error(`The tools ${Object.keys(TOOLS).join(', ')} could not be installed:\n${output}`)
    writeFileSync(ready, '')
  })
  return (name) => {
    const owner = Object.keys(TOOLS).find((tool) => tool === name || tool.includes(`${name}/`))
    const folderOfTool = join(folder, 'node_modules', owner)
    const { bin } = JSON.parse(readFileSync(join(folderOfTool, 'package.json'), 'utf8'))
    return join(folderOfTool, typeof bin === 'string' ? bin : (bin[name] ?? Object.values(bin)[0]))
  }
}
