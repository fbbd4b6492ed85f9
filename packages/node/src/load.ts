import { createRequire } from 'node:module'

/**
 * What only programs need that send something: they are read when one does, because reading them costs more than all the
 * rest of a start. They are CommonJS, so that need not be waited for.
 */
const require = createRequire(import.meta.url)

export const loadBase = () =>
  require('@opentelemetry/otlp-exporter-base') as typeof import('@opentelemetry/otlp-exporter-base')

export const loadDelegates = () =>
  require('@opentelemetry/otlp-exporter-base/node-http') as typeof import('@opentelemetry/otlp-exporter-base/node-http')

export const loadTransformer = () =>
  require('@opentelemetry/otlp-transformer') as typeof import('@opentelemetry/otlp-transformer')

export const loadMetrics = () => require('@opentelemetry/sdk-metrics') as typeof import('@opentelemetry/sdk-metrics')

export const loadJsonTraces = () =>
  require('@opentelemetry/exporter-trace-otlp-http') as typeof import('@opentelemetry/exporter-trace-otlp-http')

export const loadMetricExporters = {
  'http/json': () =>
    require('@opentelemetry/exporter-metrics-otlp-http') as typeof import('@opentelemetry/exporter-metrics-otlp-http'),
  'http/protobuf': () =>
    require('@opentelemetry/exporter-metrics-otlp-proto') as typeof import('@opentelemetry/exporter-metrics-otlp-proto'),
}

/** What sends is not there where a program was bundled into one file without it; the rest works all the same. */
export function whereInstalled<T>(say: (message: string) => void, make: () => T[]): T[] {
  try {
    return make()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    const [reason] = (error as Error).message.split('\n')
    say(`nothing is sent: ${reason}. Keep @opentelemetry/* out of the bundle of the program, and install it beside.`)
    return []
  }
}
