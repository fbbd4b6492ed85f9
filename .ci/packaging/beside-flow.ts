import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { runStep, trackStep, trackWorkflow } from '@runspan/sdk'

let tries = 0
const read = trackStep('read', { retry: { delay: 1 } }, async () => {
  tries += 1
  if (tries === 1) throw new Error('not there yet')
})

/** A run with a retry and a step in a step. */
export const flow = trackWorkflow('beside', async () => {
  await read()
  await runStep('sum', async () => runStep('inner', async () => undefined))
})

/** The rows of every document that was written. */
export const rowsWritten = (folder = 'results/beside') =>
  readdirSync(folder).map((name) =>
    JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')).statuses.map((row) => `${row.title} ${row.status}`),
  )

/** Stands in for the vendor's server: takes everything, and knows which of the words it has seen. */
export async function startVendor(words = ['']) {
  const seen = new Set()
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1')
      for (const word of words) if (body.includes(word)) seen.add(word)
      response.end('{}')
    })
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)))
  return {
    port: server.address().port,
    close() {
      server.closeAllConnections()
      server.close()
      return words.filter((word) => seen.has(word))
    },
  }
}
