import type { Server } from 'node:http'
import { isIPv6 } from 'node:net'
import { CollectorError } from './collector-error.js'
import { isLoopback } from './http/guard.js'
import { CLOSE_TIMEOUT } from './http/limits.js'
import { createHttpServer } from './http/server.js'
import { type Counters, createCounters, type DropListener } from './metrics.js'
import { openSqliteStore } from './store/sqlite/sqlite-store.js'

/** The port that every OTLP program finds by itself. */
export const DEFAULT_PORT = 4318

/** The address that only this machine can reach. */
export const DEFAULT_HOST = '127.0.0.1'

export interface CollectorOptions {
  /** The SQLite file that keeps what comes in; it and its folder are made when they are not there. */
  store: string
  /** The address to listen on; one beyond this machine demands a `token`. @default '127.0.0.1' */
  host?: string | undefined
  /** The port to listen on; 0 takes a free one. @default 4318 */
  port?: number | undefined
  /** The bearer token that every request must carry, health checks aside. @default none */
  token?: string | undefined
  /** Names beside `localhost` that may stand in the `Host` of a request; addresses always may. @default [] */
  allowHosts?: readonly string[] | undefined
  /** Is told of every span or request that is not kept. @default nobody */
  onDrop?: DropListener | undefined
}

/** A collector that listens. */
export interface Collector {
  /** Where it listens, such as `http://127.0.0.1:4318`: OTLP at `/v1/traces`, runs at `/api/runs`. */
  readonly url: string
  /** A short text for people: which store it has. */
  readonly store: string
  /** What it took and what it dropped so far. */
  readonly counters: Readonly<Counters>
  /** Lets the requests under way end, for at most five seconds, and closes the store. */
  close(): Promise<void>
}

/**
 * Starts a collector: it receives OTLP over HTTP, keeps what belongs to workflow runs, and serves their documents.
 *
 * @throws CollectorError `invalid_option`, `address_unavailable`, or that the store cannot be opened (`store_…`).
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const { host = DEFAULT_HOST, port = DEFAULT_PORT, token, allowHosts = [], onDrop = () => {} } = options
  checkOptions(host, port, token)
  const store = openSqliteStore(options.store)
  const counters = createCounters()
  const server = createHttpServer({ store, counters, token, allowHosts, onDrop })
  try {
    await listen(server, host, port)
  } catch (error) {
    await store.close()
    throw error
  }
  let closing: Promise<void> | undefined
  return {
    url: urlOf(server, host),
    store: store.name,
    counters,
    close() {
      closing ??= closeServer(server).then(() => store.close())
      return closing
    },
  }
}

function checkOptions(host: string, port: number, token: string | undefined): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CollectorError('invalid_option', `The port is ${port}; give a number from 0 to 65535.`)
  }
  if (token !== undefined && (token.length < 16 || /\s/.test(token))) {
    throw new CollectorError('invalid_option', 'The token is too weak; give at least 16 characters without spaces.')
  }
  if (token === undefined && !isLoopback(host)) {
    throw new CollectorError(
      'invalid_option',
      `"${host}" can be reached from other machines, and without a token everybody there could read and write; give --token (RUNSPAN_TOKEN), or listen on ${DEFAULT_HOST}.`,
    )
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? 'is in use by another program; give --port another'
          : `cannot be used (${error.code})`
      reject(new CollectorError('address_unavailable', `${host} port ${port} ${why}.`, { cause: error }))
    }
    server.once('error', onError)
    server.listen(port, host, () => {
      server.off('error', onError)
      resolve()
    })
  })
}

function urlOf(server: Server, host: string): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT)
    server.close(() => {
      clearTimeout(force)
      resolve()
    })
    server.closeIdleConnections()
  })
}
