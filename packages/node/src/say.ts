import { DiagLogLevel, diag } from '@opentelemetry/api'

/** Says things to the person who runs the program: on stderr, a line each, each thing once. */
export interface Speaker {
  say(message: string): void
  /** Everything that was said. */
  said(): readonly string[]
  /** Stops hearing what others report. */
  close(): void
}

const MAX_SAID = 100
const OURS = 'runspan: '

/** Makes a speaker and gives it what the packages below report through OpenTelemetry's `diag`, unless somebody listens. */
export function createSpeaker(): Speaker {
  const said = new Set<string>()
  const say = (message: string) => {
    if (said.has(message) || said.size >= MAX_SAID) return
    said.add(message)
    process.stderr.write(`runspan: ${message}\n`)
  }
  const nothing = () => undefined
  const isSaid = (variable: string) => [...said].some((message) => variablesOf(message).includes(variable))
  const ours = (message: string, ...args: unknown[]) => {
    if (message.startsWith(OURS)) say([message.slice(OURS.length), ...args.map(textOf)].join(': '))
    // What OpenTelemetry says of its own variables is the user's to know, unless ours said it in better words already.
    else if (variablesOf(message).some((variable) => !isSaid(variable))) say(message)
  }
  const listens = !hasLogger()
  if (listens) {
    diag.setLogger(
      { error: ours, warn: ours, info: nothing, debug: nothing, verbose: nothing },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    )
  }
  return {
    say,
    said: () => [...said],
    close: () => {
      if (listens) diag.disable()
    },
  }
}

/** `diag` keeps its logger in OpenTelemetry's own global; there is no public way to ask for it. */
function hasLogger(): boolean {
  const api = (globalThis as Record<symbol, { diag?: unknown } | undefined>)[Symbol.for('opentelemetry.js.api.1')]
  return api?.diag !== undefined
}

function variablesOf(message: string): readonly string[] {
  return message.match(/\bOTEL_[A-Z_]+/g) ?? []
}

function textOf(value: unknown): string {
  return value instanceof Error ? value.message : String(value)
}
