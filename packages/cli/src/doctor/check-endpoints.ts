import { redactText } from '@runspan/results/core'
import { deadline, reasonOf } from '../unreachable.js'
import { type Check, fail, ok, type Variables } from './check.js'

/** How long an endpoint may take to answer, in milliseconds. */
const TIMEOUT_MS = 2_000

/** Where the standard says that spans go when no endpoint is named. */
const DEFAULT_ENDPOINT = 'http://localhost:4318'

interface Endpoint {
  /** The variable that names it. */
  readonly name: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

/** Sends an empty request to wherever spans would go. What is no address is said by the check of the variables. */
export async function checkEndpoints(variables: Variables): Promise<Check[]> {
  const endpoints = listEndpoints(variables)
  if (endpoints.length === 0) return [ok('endpoint', 'none is named: spans stay in the process, documents are written')]
  return Promise.all(endpoints.map(checkEndpoint))
}

function listEndpoints(variables: Variables): Endpoint[] {
  const read = (name: string) => variables[name]?.trim() || undefined
  const endpoints: Endpoint[] = []
  const add = (name: string, address: string, path: string, headers: Endpoint['headers']) => {
    const url = toUrl(address, path)
    if (url !== undefined) endpoints.push({ name, url, headers: { ...headersOfUrl(url), ...headers } })
  }
  const runspan = read('RUNSPAN_ENDPOINT')
  const token = read('RUNSPAN_TOKEN')
  const bearer: Endpoint['headers'] = token === undefined ? {} : { authorization: `Bearer ${token}` }
  if (runspan !== undefined) add('RUNSPAN_ENDPOINT', runspan, '/v1/traces', bearer)
  const exporter = read('OTEL_TRACES_EXPORTER')
  if (exporter !== undefined && exporter !== 'otlp') return endpoints
  const given = read('OTEL_EXPORTER_OTLP_TRACES_HEADERS') ?? read('OTEL_EXPORTER_OTLP_HEADERS') ?? ''
  const traces = read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
  const general = read('OTEL_EXPORTER_OTLP_ENDPOINT') ?? (exporter === 'otlp' ? DEFAULT_ENDPOINT : undefined)
  if (traces !== undefined) add('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', traces, '', parseHeaders(given))
  else if (general !== undefined) add('OTEL_EXPORTER_OTLP_ENDPOINT', general, '/v1/traces', parseHeaders(given))
  return endpoints
}

function toUrl(address: string, path: string): URL | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  if (path !== '') url.pathname = url.pathname.replace(/\/+$/, '') + path
  return /^https?:$/.test(url.protocol) ? url : undefined
}

/** `fetch` refuses an address with a password in it; a header says the same. */
function headersOfUrl(url: URL): Record<string, string> {
  if (url.username === '') return {}
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** As the standard writes them: `name=value,name=value`, the values encoded as in an address. */
function parseHeaders(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair) => {
    const [name = '', ...rest] = pair.split('=')
    return name.trim() === '' || rest.length === 0 ? [] : [[name.trim().toLowerCase(), rest.join('=').trim()] as const]
  })
  return Object.fromEntries(pairs.map(([name, value]) => [name, decoded(value)]))
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // A lone percent sign is sent as it stands, as the SDK does.
    return value
  }
}

async function checkEndpoint({ name, url, headers }: Endpoint): Promise<Check> {
  const shown = redactText(`${url.origin}${url.pathname}`)
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  const began = performance.now()
  try {
    const answer = await fetch(bare, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', ...headers },
      body: new Uint8Array(0),
      redirect: 'manual',
      signal: deadline(TIMEOUT_MS),
    })
    await answer.body?.cancel()
    if (answer.ok) return ok(name, `${shown} takes spans, ${Math.round(performance.now() - began)} ms`)
    const text = `${shown} answered ${answer.status}; spans sent there are lost`
    return fail(name, text, fixOfStatus(name, answer.status, url))
  } catch (error) {
    return fail(
      name,
      `${shown} does not answer (${redactText(reasonOf(error, TIMEOUT_MS))}); spans sent there are lost`,
      start(url),
    )
  }
}

function fixOfStatus(name: string, status: number, url: URL): string {
  const isOurs = name === 'RUNSPAN_ENDPOINT'
  if (status === 401 || status === 403) {
    return isOurs
      ? 'export RUNSPAN_TOKEN=<token>'
      : "export OTEL_EXPORTER_OTLP_HEADERS='authorization=Bearer%20<token>'"
  }
  // A program that knows no such path is likely not the one that was meant.
  if ((status === 404 || status === 405) && url.port !== '4318') {
    return `export ${name}=${url.protocol}//${url.hostname}:4318${name.includes('TRACES') ? '/v1/traces' : ''}`
  }
  return `curl -v ${url.origin}`
}

function start(url: URL): string {
  // 4317 is where gRPC is spoken; we send over HTTP.
  if (url.port === '4317') return `export OTEL_EXPORTER_OTLP_ENDPOINT=${url.protocol}//${url.hostname}:4318`
  const isHere = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)
  if (!isHere) return `curl -v ${url.origin}`
  return url.port === '4318' ? 'runspan serve' : `runspan serve --port ${url.port || '80'}`
}
