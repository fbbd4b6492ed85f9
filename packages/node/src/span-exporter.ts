import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { Config } from './config.js'
import { loadBase, loadDelegates, loadJsonTraces, loadTransformer } from './load.js'
import { withPlainNumbers } from './plain-numbers.js'
import { createTraceWriter } from './trace-bytes.js'

const PROTOBUF = { 'Content-Type': 'application/x-protobuf' }

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` }

/** An exporter to where the standard variables say, with all that they say of it. */
export function createStandardExporter(config: Config, token?: string): SpanExporter {
  const options = { timeoutMillis: config.timeoutMs, headers: bearer(token) }
  if (config.tracesProtocol !== 'http/json') {
    const { convertLegacyHttpOptions } = loadDelegates()
    return createBytesExporter(convertLegacyHttpOptions(options, 'TRACES', 'v1/traces', PROTOBUF))
  }
  const exporter = new (loadJsonTraces().OTLPTraceExporter)(options)
  return {
    export: (spans, done) => exporter.export(spans.map(withPlainNumbers), done),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  }
}

/**
 * The standard exporter adds the headers and client certificates that the `OTEL_EXPORTER_OTLP_*` variables hold for
 * another place. Of those variables only the timeout and the compression hold here.
 */
export function createRunspanExporter(config: Config, url: string): SpanExporter {
  const { getSharedConfigurationDefaults, mergeOtlpSharedConfigurationWithDefaults } = loadBase()
  const { getSharedConfigurationFromEnvironment, httpAgentFactoryFromOptions } = loadDelegates()
  const shared = mergeOtlpSharedConfigurationWithDefaults(
    config.timeoutMs === undefined ? {} : { timeoutMillis: config.timeoutMs },
    getSharedConfigurationFromEnvironment('TRACES'),
    getSharedConfigurationDefaults(),
  )
  const agentFactory = httpAgentFactoryFromOptions({ keepAlive: true })
  return createBytesExporter({
    ...shared,
    url,
    headers: async () => ({ ...PROTOBUF, ...bearer(config.token) }),
    agentFactory,
  })
}

/** The SDK's way to send, with our way to write. */
function createBytesExporter(
  options: Parameters<ReturnType<typeof loadDelegates>['createOtlpHttpExportDelegate']>[0],
): SpanExporter {
  const { OTLPExporterBase } = loadBase()
  const serializer = {
    serializeRequest: createTraceWriter(),
    // Mostly nothing is answered; what is, says what was refused.
    deserializeResponse: (bytes: Uint8Array) =>
      bytes.length === 0 ? {} : loadTransformer().ProtobufTraceSerializer.deserializeResponse(bytes),
  }
  const helper = { name: 'span' as const, countItems: (spans: ReadableSpan[]) => spans.length }
  return new OTLPExporterBase(
    loadDelegates().createOtlpHttpExportDelegate(options, serializer, 'otlp_http_span_exporter', helper, undefined),
  )
}
