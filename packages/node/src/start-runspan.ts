import { readConfig } from './config.js'
import { checkOptions } from './known-options.js'
import { createSpeaker } from './say.js'
import { claimStart, currentStart } from './started.js'
import { inert, type Runspan, type RunspanOptions, wire } from './wire.js'

const BESIDE_ANOTHER = `another OpenTelemetry provider is already registered, so startRunspan() does nothing. Keep it, and add two lines to its options, both from '@runspan/exporter':
  sampler: workflowSampler(yourSampler),
  spanProcessors: [new WorkflowResultsProcessor(), ...yourProcessors],`

const OPTIONS = {
  serviceName: true,
  serviceVersion: true,
  results: true,
  sinks: true,
  sampler: true,
  endpoint: true,
  spanProcessors: true,
  metricReaders: true,
  propagators: true,
} as const satisfies Record<keyof RunspanOptions, true>

/**
 * Wires OpenTelemetry and the result documents for this process, at once. A second call gives the first handle and says
 * so; after `shutdown()` it starts anew. Never throws for what the environment says: it says what is wrong and goes on.
 *
 * @throws ExporterError for an option that cannot be used.
 */
export function startRunspan(options: RunspanOptions = {}): Runspan {
  const started = currentStart()
  if (started !== undefined) {
    started.again()
    return started.runspan
  }
  const speaker = createSpeaker()
  const config = readConfig()
  for (const warning of config.warnings) speaker.say(warning)
  checkOptions(options, Object.keys(OPTIONS), speaker.say)
  const stop = () => {
    speaker.close()
    claimed.release()
  }
  const handle = config.disabled ? undefined : wire(options, config, speaker, stop)
  if (handle === undefined && !config.disabled) speaker.say(BESIDE_ANOTHER)
  const again = () =>
    speaker.say('startRunspan() was called again; the first call stands and these options are ignored.')
  const claimed = claimStart({ runspan: handle ?? inert(stop, speaker.said), again })
  return claimed.runspan
}
