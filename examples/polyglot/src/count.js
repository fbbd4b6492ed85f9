// Counts the words of a text. It takes up its parent's run from the environment by itself.
import { readFile } from 'node:fs/promises'
import { startRunspan } from '@runspan/node'
import { runStep } from '@runspan/sdk'

const runspan = startRunspan({ serviceName: 'counter' })
const text = await runStep('load', { target: process.argv[2] }, () => readFile(process.argv[2], 'utf8'))
const words = await runStep('split', () => text.match(/\p{L}+/gu)?.length ?? 0)
console.log(JSON.stringify({ words }))
await runspan.shutdown()
