import { scrapeConfig } from './scrape.js'
import {
  type Jaeger,
  openSite,
  type Prometheus,
  type RunspanServer,
  type Site,
  startJaeger,
  startPrometheus,
  startRunspanServer,
  startTelemetry,
  type Telemetry,
} from './stack.js'

/** A Runspan collector behind an OpenTelemetry Collector. */
export interface Receivers {
  readonly site: Site
  readonly runspan: RunspanServer
  readonly telemetry: Telemetry
}

/** The same with Jaeger behind it, and Prometheus beside it. */
export interface WholeStack extends Receivers {
  readonly jaeger: Jaeger
  readonly prometheus: Prometheus
}

export function startReceivers(): Promise<Receivers> {
  return onSite(async (site) => {
    const runspan = await startRunspanServer(site)
    return { site, runspan, telemetry: await startTelemetry(site, { runspan: runspan.url }) }
  })
}

export function startWholeStack(): Promise<WholeStack> {
  return onSite(async (site) => {
    const runspan = await startRunspanServer(site)
    const jaeger = await startJaeger(site)
    const telemetry = await startTelemetry(site, { runspan: runspan.url, jaeger: jaeger.otlp })
    const targets = { programs: [telemetry.promPort], 'otel-collector': [telemetry.telemetryPort] }
    const prometheus = await startPrometheus(site, await scrapeConfig(targets))
    return { site, runspan, telemetry, jaeger, prometheus }
  })
}

/** What was started before something failed to start is ended. */
async function onSite<T>(start: (site: Site) => Promise<T>): Promise<T> {
  const site = await openSite()
  try {
    return await start(site)
  } catch (error) {
    await site.close()
    throw error
  }
}
