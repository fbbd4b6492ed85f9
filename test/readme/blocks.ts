/** A fenced block of a Markdown page, with what the comment directly above it says about it. */
export interface Block {
  readonly language: string
  readonly code: string
  /** The line of the opening fence, from 1. */
  readonly line: number
  readonly directives: ReadonlyMap<string, string>
}

const OPENING = /^(\s*)(`{3,}|~{3,})\s*([^\s`]*)/
const COMMENT = /^\s*<!--\s*(.*?)\s*-->\s*$/

export function parseBlocks(markdown: string): Block[] {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const opening = OPENING.exec(lines[at]!)
    if (opening === null) continue
    const [, indent, fence, language] = opening as unknown as [string, string, string, string]
    const from = at + 1
    at = lines.findIndex((line, index) => index >= from && line.trim() === fence)
    if (at === -1) throw new Error(`The block that opens at line ${from} is never closed.`)
    const code = lines.slice(from, at).map((line) => line.slice(line.startsWith(indent) ? indent.length : 0))
    blocks.push({ language, code: code.join('\n'), line: from, directives: directivesAbove(lines, from - 1) })
  }
  return blocks
}

/** `<!-- file: etl.ts; exit: 1 -->` is two directives, the first with the value `etl.ts`. */
function directivesAbove(lines: readonly string[], fenceIndex: number): ReadonlyMap<string, string> {
  let index = fenceIndex - 1
  while (index >= 0 && lines[index]!.trim() === '') index -= 1
  const comment = COMMENT.exec(lines[index] ?? '')?.[1]
  if (comment === undefined) return new Map()
  return new Map(
    comment.split(/\s*;\s*/).map((part): [string, string] => {
      const [, name, value] = /^([a-z ]+?)\s*(?::\s*(.*))?$/.exec(part) ?? []
      return [name ?? part, value ?? '']
    }),
  )
}

export type Role = 'program' | 'commands' | 'document' | 'printed' | 'prose'

const LANGUAGES: Readonly<Record<string, readonly [Role, readonly string[]]>> = {
  ts: ['program', ['file', 'exit', 'types', 'run']],
  js: ['program', ['file', 'exit', 'types', 'run']],
  sh: ['commands', ['run', 'exit']],
  json: ['document', ['output', 'file']],
  text: ['printed', ['output']],
}

/** What a block is, or an error that says why nothing would check it. */
export function roleOf(block: Block): Role {
  const where = `The \`${block.language}\` block at line ${block.line}`
  const reason = block.directives.get('not run')
  const known = LANGUAGES[block.language]
  if (reason !== undefined) {
    if (reason === '') throw new Error(`${where} is not run, but gives no reason: <!-- not run: why -->.`)
    if (known?.[0] === 'program')
      throw new Error(`${where} is a program: at least its types are checked (<!-- types -->).`)
    return 'prose'
  }
  if (known === undefined) throw new Error(`${where} is checked by nothing: say why with <!-- not run: why -->.`)
  const [role, allowed] = known
  for (const name of block.directives.keys()) {
    if (!allowed.includes(name))
      throw new Error(`${where} has the directive '${name}'; allowed: ${allowed.join(', ')}.`)
  }
  if (role === 'document' && block.directives.size === 0) {
    throw new Error(`${where} is compared with nothing: name the file it shows with <!-- output: results/… -->.`)
  }
  if (role === 'printed' && !block.directives.has('output')) {
    throw new Error(`${where} is compared with nothing: <!-- output: stdout --> compares it with what was run last.`)
  }
  return role
}
