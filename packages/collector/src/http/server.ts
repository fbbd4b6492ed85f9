import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Counters, DropListener } from '../metrics.js'
import type { RunStore } from '../store/run-store.js'
import { createApi, toErrorResponse } from './api.js'
import { HttpFault, toFault } from './fault.js'
import { createGuard } from './guard.js'
import { createIngest, INGEST_PATHS, type Reply } from './ingest.js'
import { HEADERS_TIMEOUT, KEEP_ALIVE_TIMEOUT, MAX_CONNECTIONS, REQUEST_TIMEOUT } from './limits.js'

/** Paths that tell no more than whether the collector is well, and need no token. */
const OPEN_PATHS = new Set(['/healthz', '/readyz'])

export interface ServerOptions {
  readonly store: RunStore
  readonly counters: Counters
  readonly onDrop: DropListener
  readonly token?: string | undefined
  readonly allowHosts: readonly string[]
}

/** Makes the HTTP server, not yet listening. One bad request or connection ends itself and nothing else. */
export function createHttpServer(options: ServerOptions): Server {
  const guard = createGuard(options)
  const ingest = createIngest(options.store, options.counters, options.onDrop, guard)
  const readApi = getRequestListener(createApi(options.store, options.counters).fetch, { overrideGlobalObjects: false })
  const guardOpen = createGuard({ allowHosts: options.allowHosts })

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request.url)
    const signal = INGEST_PATHS.get(path ?? '')
    if (signal !== undefined) return send(response, await ingest(signal, request))
    try {
      if (path === undefined) throw new HttpFault(400, 'The request target is no path.')
      if (OPEN_PATHS.has(path)) guardOpen(request)
      else guard(request)
    } catch (error) {
      return send(response, await toReply(toErrorResponse(toFault(error))))
    }
    await readApi(request, response)
  }

  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT, headersTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: 5_000 },
    (request, response) => {
      answer(request, response).catch(() => {
        // Nothing can be said any more on a connection that broke while being answered.
        response.destroy()
      })
    },
  )
  server.maxConnections = MAX_CONNECTIONS
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT
  server.on('clientError', refuseConnection)
  return server
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

async function toReply(response: Response): Promise<Reply> {
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
}

/** The path of a request target; undefined when it is none, such as `*`, `//` or another server's URL. */
function pathOf(target: string | undefined): string | undefined {
  if (target === undefined || !target.startsWith('/') || target.startsWith('//')) return undefined
  return URL.canParse(target, 'http://localhost') ? target.split('?', 1)[0] : undefined
}

function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
