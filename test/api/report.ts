import { posix } from 'node:path'

/** Gives the text of a declaration file by its path, or undefined where there is none. */
export type ReadDeclarations = (path: string) => string | undefined

/** What an entry exports: every name with its declaration, comments left out, sorted by name. */
export function reportEntry(path: string, read: ReadDeclarations): string {
  const declared = new Map<string, string>()
  for (const statement of statementsOf(path, read)) {
    const list = /^export (?:type )?\{([^}]*)\}(?: from ['"]([^'"]+)['"])?;?$/s.exec(statement)
    if (list === null) {
      const name = declaredName(statement)
      if (name !== undefined && statement.startsWith('export ')) add(declared, name, statement)
      continue
    }
    const [, names, from] = list as unknown as [string, string, string | undefined]
    for (const { own, shown } of exportedNames(names)) {
      add(declared, shown, from?.startsWith('.') ? declarationOf(own, resolve(path, from), read) : statement)
    }
  }
  const sorted = [...declared].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([, text]) => text).join('\n')
}

const add = (declared: Map<string, string>, name: string, text: string) => {
  const before = declared.get(name)
  declared.set(name, before === undefined ? text : `${before}\n${text}`)
}

const resolve = (path: string, from: string) =>
  posix.join(posix.dirname(path), from.replace(/\.js$/, '.d.ts').replace(/\.mjs$/, '.d.mts'))

function exportedNames(list: string): { own: string; shown: string }[] {
  return list
    .split(',')
    .map((part) => part.trim().replace(/^type /, ''))
    .filter((part) => part !== '')
    .map((part) => {
      const [own, shown = own] = part.split(' as ') as [string, string?]
      return { own: own.trim(), shown: shown.trim() }
    })
}

/** All statements that declare a name (a function may have several), through files that pass it on. */
function declarationOf(name: string, path: string, read: ReadDeclarations): string {
  const statements = statementsOf(path, read)
  const own = statements.filter((statement) => declaredName(statement) === name)
  if (own.length > 0) return own.join('\n')
  for (const statement of statements) {
    const list = /^export (?:type )?\{([^}]*)\} from ['"]([^'"]+)['"];?$/s.exec(statement)
    const passed = list === null ? undefined : exportedNames(list[1]!).find(({ shown }) => shown === name)
    if (passed === undefined) continue
    return list![2]!.startsWith('.') ? declarationOf(passed.own, resolve(path, list![2]!), read) : statement
  }
  throw new Error(`${path} does not declare ${name}`)
}

const declaredName = (statement: string) =>
  /^(?:export )?(?:declare )?(?:default )?(?:abstract )?(?:async )?(?:class|const|enum|function|interface|let|namespace|type|var) ([\w$]+)/.exec(
    statement,
  )?.[1]

/** The compiler begins every statement of a declaration file in the first column, and nothing else but its end. */
function statementsOf(path: string, read: ReadDeclarations): string[] {
  const text = read(path)
  if (text === undefined) throw new Error(`There is no ${path}: is the package built?`)
  const bare = text.replace(/^[ \t]*\/\*\*[\s\S]*?\*\/[ \t]*\n/gm, '').replace(/^\/\/.*$/gm, '')
  const statements: string[] = []
  for (const line of bare.split('\n')) {
    if (/^[a-z]/.test(line)) statements.push(line)
    else if (line.trim() !== '' && statements.length > 0) statements[statements.length - 1] += `\n${line}`
  }
  return statements
}
