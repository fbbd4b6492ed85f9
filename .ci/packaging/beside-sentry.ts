import { WorkflowResultsProcessor } from '@runspan/exporter'
import { startRunspan } from '@runspan/node'
import * as Sentry from '@sentry/node'
import { flow, rowsWritten, startVendor } from './beside-flow.mjs'

const how = process.argv[2]
const vendor = await startVendor(['theirs', 'a message'])
const sentry = (more = {}) =>
  Sentry.init({ dsn: `http://key@127.0.0.1:${vendor.port}/1`, tracesSampleRate: 1, ...more })
const ours = () => startRunspan({ serviceName: 'beside' })

if (how === 'processor') sentry({ openTelemetrySpanProcessors: [new WorkflowResultsProcessor()] })
if (how === 'theirs first') sentry()
const runspan = how === 'processor' ? undefined : ours()
if (how === 'ours first') sentry()

await Sentry.startSpan({ name: 'theirs' }, flow)
Sentry.captureMessage('a message')
await runspan?.shutdown()
await Sentry.close(5000)
console.log(JSON.stringify({ rows: rowsWritten(), vendor: vendor.close() }))
