import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRunFold } from '@runspan/results/core'
import { onTestFinished } from 'vitest'
import { keyOf, type RecordOptions, runNews } from './fixture.testsuite.js'
import type { Delivery } from './sink.js'

export interface DeliveryOptions extends RecordOptions {
  steps?: readonly string[]
  revision?: number
  final?: boolean
}

/** A document on its way, as the engine makes it. */
export function delivery(
  name = 'etl',
  { steps = ['a'], revision = 1, final = true, ...options }: DeliveryOptions = {},
): Delivery {
  const news = runNews(name, steps, options)
  const fold = createRunFold(keyOf(news))
  for (const record of final ? news : news.slice(0, -1)) fold.add(record)
  return { key: keyOf(news), document: fold.document({ road: 'process', revision }), final, loose: false }
}

/** A request as a server got it. */
export interface Received {
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface TestServer {
  readonly url: string
  readonly received: Received[]
  /** Resolves when so many requests have come. */
  until(count: number): Promise<void>
}

/** A real HTTP server; `answer` says what it does with the n-th request, from 0. */
export async function createReceiver(
  answer: (response: ServerResponse, n: number, request: Received) => void = (response) => void response.end('ok'),
): Promise<TestServer> {
  const received: Received[] = []
  let waiting: { count: number; resolve: () => void }[] = []
  const server: Server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const one = { url: request.url ?? '', headers: request.headers, body }
    received.push(one)
    answer(response, received.length - 1, one)
    waiting = waiting.filter(({ count, resolve }) => {
      if (received.length < count) return true
      resolve()
      return false
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    until: (count) =>
      received.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
  }
}
