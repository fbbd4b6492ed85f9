import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

const REFUSALS = 2
const CHUNKS = 12
const CHUNK_DELAY_MS = 35

/** A server on a bad day. */
export interface WeatherServer {
  readonly url: URL
  close(): Promise<void>
}

/** Serves the text on loopback as an overloaded server does: twice 503, then slowly, piece by piece. */
export async function startServer(csv: string): Promise<WeatherServer> {
  let refused = 0
  const server = createServer((_request, response) => {
    if (refused < REFUSALS) {
      refused += 1
      response.writeHead(503).end()
      return
    }
    void sendSlowly(response, Buffer.from(csv))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: new URL(`http://127.0.0.1:${port}/seattle-weather.csv`),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function sendSlowly(response: ServerResponse, body: Buffer): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/csv', 'content-length': body.length })
  const size = Math.ceil(body.length / CHUNKS)
  for (let from = 0; from < body.length && !response.destroyed; from += size) {
    response.write(body.subarray(from, from + size))
    await wait(CHUNK_DELAY_MS)
  }
  response.end()
}
