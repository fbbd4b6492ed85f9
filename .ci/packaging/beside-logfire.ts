import * as logfire from '@pydantic/logfire-node'
import { WorkflowResultsProcessor } from '@runspan/exporter'
import { startRunspan } from '@runspan/node'
import { flow, rowsWritten, startVendor } from './beside-flow.mjs'

const how = process.argv[2]
const vendor = await startVendor(['theirs', 'runspan.step.duration'])
const configure = (more = {}) =>
  logfire.configure({
    token: 'x',
    console: false,
    serviceName: 'beside',
    advanced: { baseUrl: `http://127.0.0.1:${vendor.port}` },
    ...more,
  })

const runspan = how === 'ours first' ? startRunspan({ serviceName: 'beside' }) : undefined
configure(how === 'processor' ? { additionalSpanProcessors: [new WorkflowResultsProcessor()] } : {})

await logfire.span('theirs', { callback: flow })
await runspan?.shutdown()
await logfire.shutdown()
console.log(JSON.stringify({ rows: rowsWritten(), vendor: vendor.close() }))
