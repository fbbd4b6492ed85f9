// The wrappers of other libraries, doing the same job under the same provider. They are no dependency of ours: they go
// into a folder of their own in the user's cache, fetched once; where there is no registry, that is said and nothing
// is compared.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { runWorkflow, trackStep } from '@runspan/sdk'
import { fetchPeers, peersFolder } from '../../../test/fetch-peers.mjs'
import { bareAsync } from './_bare.mjs'
import { ratio, timeRounds } from './_rounds.mjs'

const PEERS = {
  '@langfuse/tracing': '5.11.1',
  '@traceloop/node-server-sdk': '0.27.0',
  logfire: '0.22.9',
  '@opentelemetry/api': '1.9.1',
}
const folder = peersFolder('peers')

const load = async (name) => import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href)

const work = async (n) => n + 1
const loop = (fn) => async (calls) => {
  for (let n = 0; n < calls; n += 1) await fn(n)
}
const inRun = (fn) => (calls) => runWorkflow('bench', () => loop(fn)(calls))

// Each set up as its documentation says, with its defaults, beside ours that records as much of the call. All of ours
// are steps of a run, numbered, with redaction on; theirs have neither. `bare` is hand-written OpenTelemetry with eight
// attributes that records nothing of the call: how much of a multiple is the peer's, and how much is what it records.
const pairs = {
  langfuse: {
    gate: 2,
    what: 'input and output as JSON',
    ours: () => trackStep('step', { capture: true }, work),
    theirs: async () => (await load('@langfuse/tracing')).observe(work, { name: 'step' }),
  },
  openllmetry: {
    gate: 2,
    what: 'input and output as JSON',
    ours: () => trackStep('step', { capture: true }, work),
    async theirs() {
      const { initialize, withTask } = await load('@traceloop/node-server-sdk')
      // Without it nothing of the call is recorded. The provider stays the one of the bench, the same for all.
      initialize({ tracingEnabled: false, silenceInitializationMessage: true, traceloopSyncEnabled: false })
      return (n) => withTask({ name: 'step' }, work, n)
    },
  },
  logfire: {
    gate: 4,
    what: 'one attribute of the call',
    ours: () => trackStep('step', { attributes: (n) => ({ input: n }) }, work),
    async theirs() {
      const { span } = await load('logfire')
      return (n) => span('step', { input: n }, {}, () => work(n))
    },
  },
}

/** What no wrapper can do without: the SDK's span with what samplers and processors have to see at its start, ended. */
const bareSpan = async (n) => {
  const attributes = { 'runspan.kind': 'step', 'runspan.run.key': 'k', 'runspan.parent.id': 'p', 'runspan.ordinal': 1 }
  const span = trace.getTracer('bare').startSpan('step', { attributes })
  const result = await work(n)
  span.end()
  return result
}

/** A processor that shows which attributes each variant records, once. */
function createProcessor() {
  const nothing = async () => {}
  const seen = new Map()
  const onEnd = (span) => {
    if (seen.size < 3 && span.name !== 'bench') seen.set(span.instrumentationScope.name, Object.keys(span.attributes))
  }
  return { seen, processor: { onStart: () => {}, onEnd, forceFlush: nothing, shutdown: nothing } }
}

async function compare(name) {
  const { seen, processor } = createProcessor()
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(new NodeTracerProvider({ spanProcessors: [processor] }))
  const { gate, what, ours, theirs } = pairs[name]
  const variants = {
    bare: inRun(bareAsync('step', work)),
    span: inRun(bareSpan),
    ours: inRun(ours()),
    theirs: inRun(await theirs()),
  }
  const times = await timeRounds(variants, { rounds: 21 })
  const { ratio: found, low, high, us, base } = ratio(times, 'theirs', 'ours')
  const figures = `${found.toFixed(2)}x  ${low.toFixed(2)}-${high.toFixed(2)}  ${us.toFixed(2)} us to ${base.toFixed(2)} us`
  const title = `${name} as a multiple of ours, with ${what}`.padEnd(52)
  console.log(`P3   ${title} ${figures}  ${found >= gate ? 'gate met' : 'gate missed'} (${gate})`)
  const multiple = (variant) => `${ratio(times, variant, 'bare').ratio.toFixed(2)}x`
  console.log(
    `     of hand-written OpenTelemetry: ${name} ${multiple('theirs')}, ours ${multiple('ours')}, a span by itself ${multiple('span')}`,
  )
  if (process.env.BENCH_ATTRIBUTES) for (const [scope, names] of seen) console.log(`     ${scope}: ${names.join(' ')}`)
}

if (process.argv[2] !== undefined) await compare(process.argv[2])
else if (!fetchPeers(folder, PEERS)) console.log('P3   the peers could not be fetched: nothing was compared')
else {
  // A process for each, so that none is slowed by what the engine learned from another.
  for (const name of Object.keys(pairs)) {
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], { stdio: 'inherit' })
  }
  console.log(
    '     (effect, sentry and dd-trace wrap in another way, or bring a tracer of their own: not compared here)',
  )
}
