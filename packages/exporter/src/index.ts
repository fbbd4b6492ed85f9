// OpenTelemetry

export type { DocumentsStatus, ResultsOptions } from './documents.js'
export { WorkflowResultsExporter } from './results-exporter.js'
export { WorkflowResultsProcessor } from './results-processor.js'
export { type SamplerLike, workflowSampler } from './workflow-sampler.js'

// sinks

export { DEFAULT_FOLDER } from './config.js'
export { type FileSink, type FileSinkOptions, fileSink } from './file-sink.js'
export { type MemorySink, memorySink } from './memory-sink.js'
export type { SinkOptions } from './resolve-sinks.js'
export type { Delivery, Sink } from './sink.js'

// errors

export { ExporterError, type ExporterErrorCode, isExporterError } from './exporter-error.js'
