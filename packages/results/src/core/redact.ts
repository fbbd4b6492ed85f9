import { MAX_TEXT, toText } from './limits.js'

/** What stands in the place of something secret. */
export const REDACTED = '[redacted]'

/** Settings of the redaction, for the whole process. */
export interface RedactionOptions {
  /** @default true */
  enabled?: boolean | undefined
  /** More words that make a key secret, in any case, such as `'iban'`. @default none */
  keys?: readonly string[] | undefined
}

interface Rules {
  enabled: boolean
  keys: readonly string[]
  /** Registered values in every form in which they may appear, the longest first. */
  secrets: readonly string[]
  pattern: RegExp
}

const RULES = Symbol.for('runspan.redaction/1')
const MIN_SECRET = 4
/** A text is cut this far behind its limit before it is searched, so that a secret on the limit is still seen whole. */
const OVERLAP = 1_024

const KEY_WORDS = [
  'passw(?:or)?d',
  'passphrase',
  'pwd',
  'secret',
  'token(?!s)',
  'api[-_ ]?key',
  'authorization',
  'cookie',
  'private[-_ ]?key',
  'access[-_ ]?key',
  'credentials?',
  'dsn',
  'connection[-_ ]?string',
]

/** Values that are secret whatever their key. Each is tried once for every token of a text, so the time is linear. */
const VALUE = new RegExp(
  [
    '(?<![\\w-])(?:A(?:KI|SI)A[A-Z0-9]{16}|gh[opsur]_\\w{16,}|github_pat_\\w{16,}|glpat-[\\w-]{16,}|npm_[A-Za-z0-9]{30,}',
    'xox[a-z]-[\\w-]{8,}|[rs]k[-_](?:live|test|proj|ant)[-_][\\w-]{12,}|sk-[A-Za-z0-9]{20,}|AIza[\\w-]{30,}',
    'eyJ[\\w-]{14,}(?:\\.[\\w-]*){0,4})',
    '(?<=://)[^\\s/"\'<>\\\\@]{1,512}(?:@[^\\s/"\'<>\\\\@]{0,512}){0,3}@',
    '(?<=hooks\\.slack\\.com/(?:services|workflows|triggers)/)[\\w/-]+',
    '(?<=\\b[Bb]earer {1,4})[\\w.~+/=-]{8,}',
    '(?<=\\b[Bb]asic {1,4})(?=[A-Za-z+/]{0,64}[0-9=])[\\w+/]{6,}={0,2}',
  ].join('|'),
  'g',
)

const PEM_BEGIN = '-----BEGIN '
const PEM_END = '-----END '
/** What a text must have for one of these rules to find anything: most have none of it, and this is quick to say. */
const HINT = /eyJ|A[KS]IA|gh[opsur]_|pat[_-]|npm_|xox|[rs]k[-_]|AIza|slack\.|earer |asic |BEGIN /
const AUTHORITY = /:\/\/[^/]/
/** The shortest of them is `Basic ` and six more. */
const MIN_HINTED = 12

/**
 * Sets how secrets are kept out of records: in error messages and stacks, in captured inputs and outputs, and in the
 * texts and attributes that a handle is given. It holds for every copy of the package in the process.
 */
export function configureRedaction(options: RedactionOptions): void {
  const rules = current()
  if (options.enabled !== undefined) rules.enabled = options.enabled
  if (options.keys === undefined) return
  // A key without a letter or digit would be found everywhere.
  rules.keys = options.keys
    .filter((key) => /[\p{L}\p{N}]/u.test(key))
    .map((key) => key.replace(/[^\p{L}\p{N}]/gu, '[-_ ]?'))
  rules.pattern = keyPattern(rules.keys)
}

/**
 * Names a value that must never be recorded, such as a password that was just read; also its lines, and its Base64,
 * URL and JSON forms. Values of fewer than four characters are left alone: they are in every text.
 */
export function registerSecret(value: string): void {
  const rules = current()
  const forms = new Set(rules.secrets)
  for (const part of [value, ...value.split(/\r?\n/).filter((line) => line.trim().length >= 8)]) {
    if (part.length < MIN_SECRET) continue
    for (const form of [
      part,
      toBase64(part),
      encodeURIComponent(part.toWellFormed()),
      JSON.stringify(part).slice(1, -1),
    ])
      if (form.length >= MIN_SECRET) forms.add(form)
  }
  rules.secrets = [...forms].sort((a, b) => b.length - a.length)
}

/** True for the name of a field whose value is not to be shown. */
export function isSecretKey(key: string): boolean {
  const { enabled, pattern } = current()
  if (!enabled) return false
  pattern.lastIndex = 0
  return pattern.test(key)
}

/**
 * A text without what is secret in it, made fit for every road and cut to `limit` as {@link toText} does. Takes time
 * in proportion to the limit, not to the text. Never throws: a text that cannot be searched is not shown.
 */
export function redactText(value: string, limit: number = MAX_TEXT): string {
  const rules = current()
  if (!rules.enabled) return toText(value, limit)
  try {
    const far = limit + OVERLAP
    const clean = redact(value.length > far ? value.slice(0, far) : value, rules)
    // What was longer still says that it was cut.
    return toText(value.length > far && clean.length <= limit ? clean.padEnd(limit + 1) : clean, limit)
  } catch {
    // Fail closed: what could not be searched might be a secret.
    return REDACTED
  }
}

/** The lines that V8 adds to an error's message: names and places in code. What has a `=` or a URL is no such line. */
const FRAMES = /^(?:\n {4}at [^\n=?]*)+$/
const FRAMES_BEGIN = '\n    at '
/** What was last found to be nothing else: most errors of a program come from a place that others came from before. */
let lastFrames = ''

function redact(text: string, rules: Rules): string {
  const begin = rules.secrets.length === 0 ? text.indexOf(FRAMES_BEGIN) : -1
  if (begin < 0) return redactAll(text, rules)
  const frames = text.slice(begin)
  if (frames !== lastFrames) {
    if (!FRAMES.test(frames) || frames.includes('http')) return redactAll(text, rules)
    lastFrames = frames
  }
  return redactAll(text.slice(0, begin), rules) + frames
}

function redactAll(text: string, rules: Rules): string {
  let clean = text
  for (const secret of rules.secrets) if (clean.includes(secret)) clean = clean.split(secret).join(REDACTED)
  const hasColon = clean.includes(':')
  if ((clean.length >= MIN_HINTED && HINT.test(clean)) || (hasColon && AUTHORITY.test(clean))) {
    clean = redactPem(clean).replace(VALUE, (found) => (found.endsWith('@') ? `${REDACTED}@` : REDACTED))
  }
  return hasColon || clean.includes('=') ? redactPairs(clean, rules.pattern) : clean
}

/** A private key ends where it says so, or with the text. */
function redactPem(text: string): string {
  let clean = ''
  let from = 0
  for (let at = text.indexOf(PEM_BEGIN); at >= 0; at = text.indexOf(PEM_BEGIN, from)) {
    const label = text.slice(at + PEM_BEGIN.length, at + PEM_BEGIN.length + 64)
    if (!label.includes('PRIVATE')) {
      clean += text.slice(from, at + PEM_BEGIN.length)
      from = at + PEM_BEGIN.length
      continue
    }
    const end = text.indexOf(PEM_END, at)
    clean += text.slice(from, at) + REDACTED
    if (end < 0) return clean
    const close = text.indexOf('-----', end + PEM_END.length)
    from = close < 0 ? text.length : close + 5
  }
  return clean + text.slice(from)
}

/** `password=…`, `"token": "…"`, `Cookie: …`: what follows a secret key, to the end of the value. */
function redactPairs(text: string, pattern: RegExp): string {
  let clean = ''
  let from = 0
  pattern.lastIndex = 0
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    SEPARATOR.lastIndex = pattern.lastIndex
    if (!SEPARATOR.test(text)) continue
    const start = SEPARATOR.lastIndex
    const end = valueEnd(text, start, /authorization|cookie/i.test(found[0]))
    // A value that was already taken out, or none at all, needs no second mark.
    if (end > start && !text.startsWith(REDACTED, start)) {
      clean += text.slice(from, start) + REDACTED
      from = end
    }
    pattern.lastIndex = Math.max(end, start)
  }
  return from === 0 ? text : clean + text.slice(from)
}

const SEPARATOR = /[\w-]{0,32}\\{0,4}["'\]]?\s{0,4}(?:=>?|:)\s{0,4}(?:\\{0,4}["'`])?/y
const PLAIN_END = /[\s"'`\\,;&<>)}\]]/g
const LINE_END = /[\r\n"']/g

function valueEnd(text: string, start: number, wholeLine: boolean): number {
  const before = text[start - 1] ?? ''
  if (before === '"' || before === "'" || before === '`') {
    let end = text.indexOf(before, start)
    // A quote behind a backslash is part of the value, unless the opening one has one too: then it is JSON in JSON.
    const escaped = text[start - 2] === '\\'
    while (!escaped && end > 0 && text[end - 1] === '\\') end = text.indexOf(before, end + 1)
    return end < 0 ? text.length : escaped && text[end - 1] === '\\' ? end - 1 : end
  }
  const stop = wholeLine ? LINE_END : PLAIN_END
  stop.lastIndex = start
  return stop.exec(text)?.index ?? text.length
}

function current(): Rules {
  const shared = globalThis as { [RULES]?: Rules }
  shared[RULES] ??= { enabled: true, keys: [], secrets: [], pattern: keyPattern([]) }
  return shared[RULES]
}

function keyPattern(keys: readonly string[]): RegExp {
  return new RegExp([...KEY_WORDS, ...keys].join('|'), 'gi')
}

/** Node and browsers have it; the types of neither belong here. */
declare function btoa(bytes: string): string

/** Without padding: what comes before it is what one can find. */
function toBase64(text: string): string {
  const utf8 = encodeURIComponent(text.toWellFormed()).replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return btoa(utf8).replace(/=+$/, '')
}
