import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Block, parseBlocks, roleOf } from './blocks.js'
import { type Commands, commandsOf, faultOf, isSafeToRun } from './commands.js'
import { compareDocument, compareOutput } from './compare.js'
import { createProject, type Ended, newestFile, type Project } from './project.js'

/** Checks every block of a page, in order; one sentence per fault. A block that nothing would check is a fault. */
export function checkPage(markdown: string, known: Omit<Commands, 'hasFile'>): string[] {
  const blocks = parseBlocks(markdown)
  const uncovered = blocks.flatMap((block) => faultOfRole(block))
  if (uncovered.length > 0) return uncovered

  const project = createProject()
  try {
    const programs = new Map<Block, string>()
    for (const block of blocks) if (roleOf(block) === 'program') programs.set(block, project.add(block))
    const compiled = programs.size === 0 ? '' : project.compile()
    if (compiled !== '') return [`The programs do not compile:\n${compiled}`]
    return runInOrder(blocks, programs, project, known)
  } finally {
    project.close()
  }
}

function faultOfRole(block: Block): string[] {
  try {
    roleOf(block)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

function runInOrder(blocks: Block[], programs: Map<Block, string>, project: Project, known: Omit<Commands, 'hasFile'>) {
  const faults: string[] = []
  const files = new Set([...programs.values()].map((path) => path.replace(/^run[\\/]/, '')))
  const hasFile = (path: string) => files.has(path.replace(/^(\.\/)?(run\/)?/, ''))
  let last: Ended | undefined

  for (const block of blocks) {
    const fault = (what: string) => faults.push(`The \`${block.language}\` block at line ${block.line}: ${what}`)
    const ended = (run: Ended, what: string) => {
      last = run
      const wanted = Number(block.directives.get('exit') ?? 0)
      if (run.code !== wanted) fault(`${what} ended with ${run.code}, expected ${wanted}\n${run.stdout}${run.stderr}`)
    }
    switch (roleOf(block)) {
      case 'program':
        // A program that another block runs as a command, or that would not end, is only compiled.
        if (!block.directives.has('types')) ended(project.runProgram(programs.get(block)!), 'it')
        break
      case 'commands':
        for (const command of commandsOf(block.code)) {
          const unknown = faultOf(command, { ...known, hasFile })
          if (unknown !== undefined) fault(unknown)
          else if (block.directives.has('run')) {
            if (isSafeToRun(command)) ended(project.runCommand(command), `\`${command}\``)
            else fault(`\`${command}\` is nothing that a test may run`)
          }
        }
        break
      case 'document':
        for (const what of documentFaults(block, last)) fault(what)
        break
      case 'printed':
        if (last === undefined) fault('nothing ran before it')
        else for (const what of compareOutput(block.code, last.stdout)) fault(`${what}\n${last.stdout}`)
        break
      case 'prose':
        break
    }
  }
  return faults
}

function documentFaults(block: Block, last: Ended | undefined): string[] {
  const pattern = block.directives.get('output')
  const shown = parseJson(block.code)
  if (shown === undefined) return ['it is no JSON']
  if (pattern === undefined) return []
  if (last === undefined) return ['nothing ran before it']
  if (pattern === 'stdout') return compareDocument(shown, parseJson(last.stdout))
  const path = newestFile(last.folder, pattern)
  if (path === undefined) return [`no file ${pattern} was written`]
  return compareDocument(shown, parseJson(readFileSync(path, 'utf8')))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No JSON: the caller says so, with the block's line.
    return undefined
  }
}

/** Relative links of a page whose target is not in the repository. */
export function brokenLinks(markdown: string, exists: (path: string) => boolean): string[] {
  const targets = markdown.matchAll(/(?:\]\(|(?:src|href)=")(?!https?:|mailto:|#)([^)"#\s]+)/g)
  return [...targets].map((match) => match[1]!).filter((target) => !exists(join(target)))
}
