// A run of three steps, the middle one with every value that a wire format or a store has trouble with; with the word
// `foreign` also such a span of somebody else: node poison.mjs [foreign]
import { trace } from '@opentelemetry/api'
import { startRunspan } from '@runspan/node'
import { currentRun, currentStep, runStep, runWorkflow } from '@runspan/sdk'

const runspan = startRunspan({ serviceName: 'poison' })
await runWorkflow('poison', async () => {
  process.stdout.write(`${currentRun().runKey}\n`)
  await runStep('before', () => undefined)
  await runStep('nul \u0000, half a pair \ud83d', { tags: ['\ud83d', '\u0000'], target: '\udc00' }, (step) => {
    step.set({ nan: Number.NaN, infinite: Number.POSITIVE_INFINITY, nul: '\u0000', half: '\ud83d' })
    step.progress(Number.NaN)
    step.warn('\u0000 \ud83d')
    currentStep().set({ mixed: [Number.NaN, 1], none: null, list: [] })
  })
  await runStep('after', () => undefined)
  // A span of somebody else in the same batch, written with the plain API.
  if (process.argv[2] === 'foreign') {
    const attributes = { nan: Number.NaN, half: '\ud83d', huge: 2 ** 80 }
    trace.getTracer('foreign').startSpan('foreign', { attributes }).end()
  }
})
await runspan.forceFlush()
const { sent, lost } = runspan.status().spans
process.stdout.write(`sent ${sent} lost ${lost}\n`)
await runspan.shutdown()
