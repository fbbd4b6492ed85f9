// OpenTelemetry

export { WorkflowResultsExporter } from './results-exporter.js'
export type { DocumentsStatus, ResultsOptions } from './results-options.js'
export { WorkflowResultsProcessor } from './results-processor.js'
export { type SamplerLike, workflowSampler } from './workflow-sampler.js'

// sinks

export { DEFAULT_FOLDER } from './config.js'
export { type FileSink, type FileSinkOptions, fileSink } from './file-sink.js'
export type { SinkFunction, SinkOptions } from './resolve-sinks.js'
export type { RetentionOptions } from './retention.js'
export { type Delivery, type OutboxMessage, type OutboxPart, SendError, type Sink } from './sink.js'
export { type ConsoleSinkOptions, consoleSink } from './sinks/console-sink.js'
export { type HttpSinkOptions, httpSink } from './sinks/http-sink.js'
export { jsonLinesSink } from './sinks/json-lines-sink.js'
export { type DocumentTest, type MemorySink, memorySink } from './sinks/memory-sink.js'
export { type DocumentStore, storeSink } from './sinks/store-sink.js'

// notifications

export type { Logger } from './notify/logger.js'
export { createMonitor, type Monitor, type MonitoredStatus, type MonitorOptions } from './notify/monitor.js'
export type { NotificationOptions } from './notify/notifier.js'
export type { NotificationRules } from './notify/rules.js'
export { createTaskHooks, type TaskEvent, type TaskHooks } from './notify/task-hooks.js'
export { slack, webhook } from './notify/webhook.js'

// recovery

export { type RecoveredRun, type RecoverOptions, type Recovery, recover } from './journal/recover.js'

// errors

export { ExporterError, type ExporterErrorCode, isExporterError } from './exporter-error.js'
