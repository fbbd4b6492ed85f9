import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { type Collector, startCollector } from '@runspan/collector'
import { memorySink, WorkflowResultsExporter } from '@runspan/exporter'
import { type DetailedDocument, documentText } from '@runspan/results/core'
import type { Scene } from './scenes.js'

/** Documents by run key, as text, without what may differ by road. */
export type Documents = ReadonlyMap<string, string>

/** What a scene left: its spans, and the documents of the road in process. */
export interface Played {
  readonly spans: readonly ReadableSpan[]
  readonly documents: Documents
}

/** Plays a scene under a real provider whose spans go to a real results exporter. */
export async function play(scene: Scene): Promise<Played> {
  const sink = memorySink()
  const finished = new InMemorySpanExporter()
  const results = new WorkflowResultsExporter({ folder: false, sinks: [sink] })
  const provider = new NodeTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(results), new SimpleSpanProcessor(finished)],
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  )
  trace.setGlobalTracerProvider(provider)
  try {
    await scene()
    await provider.forceFlush()
    const spans = finished.getFinishedSpans()
    await results.shutdown()
    const all = [...sink.documents(), ...sink.looseSteps()]
    return { spans, documents: new Map(all.map((document) => [document.run.key, withoutProvenance(document)])) }
  } finally {
    await provider.shutdown()
    trace.disable()
    context.disable()
    propagation.disable()
  }
}

/** The two forms of OTLP over HTTP, as the official exporters write them. */
export const WIRES = {
  protobuf: {
    type: 'application/x-protobuf',
    encode: (spans: ReadableSpan[]) => ProtobufTraceSerializer.serializeRequest(spans)!,
  },
  json: { type: 'application/json', encode: (spans: ReadableSpan[]) => JsonTraceSerializer.serializeRequest(spans)! },
} as const

export type Wire = keyof typeof WIRES

/** Sends spans to a collector, one request for each batch, and gives what its API says of each of these runs. */
export async function send(
  wire: Wire,
  batches: readonly (readonly ReadableSpan[])[],
  keys: Iterable<string>,
): Promise<Documents> {
  const folder = mkdtempSync(join(tmpdir(), 'runspan-two-roads-'))
  const collector = await startCollector({ store: join(folder, 'store.db'), port: 0 })
  try {
    await Promise.all(batches.map((batch) => post(collector, wire, [...batch])))
    const documents = new Map<string, string>()
    for (const key of keys) documents.set(key, await fetchDocument(collector, key))
    return documents
  } finally {
    await collector.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function post(collector: Collector, wire: Wire, spans: ReadableSpan[]): Promise<void> {
  const { type, encode } = WIRES[wire]
  const answer = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: encode(spans) as NonNullable<RequestInit['body']>,
  })
  const body = await answer.text()
  const isFullSuccess = wire === 'json' ? body === '{"partialSuccess":{}}' : body === ''
  if (answer.status !== 200 || !isFullSuccess) throw new Error(`the collector answered ${answer.status} ${body}`)
}

export async function fetchDocument(collector: Collector, key: string): Promise<string> {
  const answer = await fetch(`${collector.url}/api/runs/${key}/document?detail=1`)
  if (answer.status !== 200) throw new Error(`no document of ${key}: ${answer.status} ${await answer.text()}`)
  const text = await answer.text()
  const document = JSON.parse(text) as DetailedDocument
  // Parsing must not hide a difference in bytes.
  if (documentText(document, { detail: true }) !== text)
    throw new Error(`the document of ${key} is not in its own form`)
  return withoutProvenance(document)
}

function withoutProvenance(document: DetailedDocument): string {
  const { provenance, ...rest } = document
  // What the fold itself finds out does not depend on the road.
  const { dropped, contradictions } = provenance
  return JSON.stringify({ ...rest, provenance: { dropped, contradictions } }, null, 2)
}
