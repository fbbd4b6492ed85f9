/** What a command line of the page may name. */
export interface Commands {
  readonly scripts: ReadonlySet<string>
  readonly packages: ReadonlySet<string>
  readonly bins: ReadonlySet<string>
  readonly hasFile: (path: string) => boolean
}

const LIFECYCLE = new Set(['start', 'test'])
/** They need no check of ours, and nothing of the page runs them. */
const GIVEN = new Set(['git', 'cd', 'curl', 'docker', 'export'])

/** The lines of a block that are commands: comments and what continues a line are no commands of their own. */
export function commandsOf(code: string): string[] {
  return code
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) =>
      line
        .replace(/^\$\s+/, '')
        .replace(/\s+#.*$/, '')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** Why a command cannot work, or undefined. */
export function faultOf(command: string, known: Commands): string | undefined {
  for (const part of command.split(/\s*(?:&&|\||;)\s*/)) {
    const words = part
      .split(/\s+/)
      .filter((word, index, all) => !isAssignment(word) || all.slice(0, index).some((w) => !isAssignment(w)))
    const fault = faultOfWords(words, known)
    if (fault !== undefined) return `\`${part}\`: ${fault}`
  }
  return undefined
}

const isAssignment = (word: string) => /^[A-Z_]+=/.test(word)

function faultOfWords([program, ...args]: string[], known: Commands): string | undefined {
  const plain = args.filter((arg) => !arg.startsWith('-'))
  if (program === 'npm') return faultOfNpm(plain, known)
  if (program === 'npx' || known.bins.has(program ?? '')) {
    const bin = program === 'npx' ? plain[0] : program
    return bin !== undefined && known.bins.has(bin) ? undefined : `no package has the command '${bin}'`
  }
  if (program === 'node') {
    const missing = plain.find((arg) => /\.[cm]?js$/.test(arg) && !known.hasFile(arg))
    if (missing !== undefined) return `there is no file ${missing}`
    const imported = args[args.indexOf('--import') + 1]
    if (!args.includes('--import') || imported === undefined) return undefined
    const [scope, name] = imported.split('/')
    return known.packages.has(`${scope}/${name}`) ? undefined : `there is no package ${imported}`
  }
  return GIVEN.has(program ?? '') ? undefined : `nothing is known of '${program}'`
}

function faultOfNpm([verb, ...rest]: string[], known: Commands): string | undefined {
  if (verb === 'install' || verb === 'i') {
    const unknown = rest.find((name) => !known.packages.has(name))
    return unknown === undefined ? undefined : `there is no package ${unknown}`
  }
  const script = verb === 'run' ? rest[0] : LIFECYCLE.has(verb ?? '') ? verb : undefined
  if (verb === 'ci') return undefined
  return script !== undefined && known.scripts.has(script) ? undefined : `there is no script '${script ?? verb}'`
}

/** Only what ends by itself and stays in its folder is run; the tests never run themselves. */
export function isSafeToRun(command: string): boolean {
  return (
    /^([A-Z_]+=\S*\s+)*(node\s|npx runspan\s|npm start\b|npm run examples\b)/.test(command) &&
    !/[|;&<>`$]/.test(command)
  )
}
