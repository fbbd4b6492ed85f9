import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { diag, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { ATTR, type DetailedDocument } from '@runspan/results/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { only, readDocuments, runNews, temporaryFolder } from './fixture.testsuite.js'
import { webhook } from './notify/webhook.js'
import { createProcessor, tell } from './processor.testsuite.js'
import { WorkflowResultsProcessor } from './results-processor.js'
import { memorySink } from './sinks/memory-sink.js'

describe('sinks that misbehave', () => {
  test('what a sink does to its document is seen by no other sink and by no file', async () => {
    const folder = temporaryFolder()
    const spoil = (document: DetailedDocument) => {
      document.run.name = 'spoilt'
      document.statuses.length = 0
    }
    const memory = memorySink()
    const { processor } = createProcessor({ folder, sinks: [spoil, memory, spoil] })
    // More than are written at a time, so that some wait while the sinks have them.
    for (let n = 0; n < 10; n += 1) tell(processor, runNews('etl', ['a']))
    await processor.shutdown()
    for (const documents of [memory.documents(), readDocuments(folder)]) {
      expect(documents.map(({ run, statuses }) => [run.name, statuses.length])).toEqual(
        Array.from({ length: 10 }, () => ['etl', 1]),
      )
    }
  })

  test('rules that throw hold up no other sink, and give no document a second revision', async () => {
    vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const broken = () => {
      throw new Error('no')
    }
    const [before, after] = [memorySink(), memorySink()]
    const sinks = [before, webhook('http://127.0.0.1:1', { workflows: broken }), after]
    const { processor } = createProcessor({ sinks, deadlineMs: 50 })
    tell(processor, runNews('etl', ['a']))
    await processor.forceFlush()
    expect([before, after].map((sink) => only(sink.documents()).provenance.revision)).toEqual([1, 1])
    expect(processor.status()).toMatchObject({ written: 1, waiting: 0, dropped: 1 })
    await processor.shutdown()
  })

  test('two sinks of one receiver keep their messages apart', async () => {
    vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const sent: string[] = []
    const hook = (name: string, fails: number) => {
      let left = fails
      const send = async () => {
        sent.push(name)
        left -= 1
        return new Response(null, { status: left < 0 ? 200 : 503 })
      }
      return webhook('https://example.org', { fetch: send, outcomes: ['success'] })
    }
    const { processor } = createProcessor({ folder: temporaryFolder(), sinks: [hook('a', 0), hook('b', 1)] })
    tell(processor, runNews('etl', ['a']))
    await processor.shutdown()
    expect(sent.sort()).toEqual(['a', 'b', 'b'])
    expect(processor.status()).toMatchObject({ waiting: 0, dropped: 0 })
  })

  test('a sink is closed once, whoever else cannot be, and shutdown does not wait for one that never is', async () => {
    const error = vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const closed: string[] = []
    const sink = (name: string, close: () => void | Promise<void>) => ({
      name,
      write: () => undefined,
      close() {
        closed.push(name)
        return close()
      },
    })
    const broken = () => {
      throw new Error('no')
    }
    const sinks = [sink('a', broken), sink('b', () => new Promise(() => undefined)), sink('c', () => undefined)]
    const { processor } = createProcessor({ sinks, deadlineMs: 30 })
    await Promise.all([processor.shutdown(), processor.shutdown()])
    await processor.shutdown()
    expect(closed).toEqual(['a', 'b', 'c'])
    expect(error.mock.calls).toEqual([["runspan: the sink 'a' could not be closed: no"]])
  })

  test('a logger that throws never reaches the program', async () => {
    vi.spyOn(diag, 'error').mockImplementation(() => {
      throw new Error('the logger is broken')
    })
    const { processor } = createProcessor()
    expect(() => processor.onEnd({ attributes: { [ATTR.kind]: 'run' } } as never)).not.toThrow()
    expect(processor.status().dropped).toBe(1)
    await processor.shutdown()
  })

  test('what a sink does is not traced: not its requests, and not itself', async () => {
    const spans = new InMemorySpanExporter()
    const memory = memorySink()
    const send = async () => {
      trace.getTracer('http').startSpan('POST').end()
      return new Response()
    }
    const uploaded: string[] = []
    const upload = ({ run }: DetailedDocument) => {
      uploaded.push(run.name)
      const span = trace
        .getTracer('upload')
        .startSpan('upload', { attributes: { [ATTR.kind]: 'run', [ATTR.name]: 'upload' } })
      // One that is traced would have a document, which would be uploaded, and so on.
      if (uploaded.length < 10) span.end()
    }
    const processor = new WorkflowResultsProcessor({
      folder: false,
      sinks: [webhook('http://127.0.0.1:1', { fetch: send }), upload, memory],
    })
    const provider = new NodeTracerProvider({ spanProcessors: [processor as never, new SimpleSpanProcessor(spans)] })
    provider.register()
    onTestFinished(() => trace.disable())
    const attributes = { [ATTR.kind]: 'run', [ATTR.name]: 'etl', [ATTR.outcome]: 'failed' }
    trace.getTracer('app').startActiveSpan('etl', { attributes }, (span) => span.end())
    await provider.forceFlush()
    expect(uploaded).toEqual(['etl'])
    expect(spans.getFinishedSpans().map(({ name }) => name)).toEqual(['etl'])
    await provider.shutdown()
  })

  test('a sink that was closed gets nothing more, whoever flushes', async () => {
    vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const calls: string[] = []
    const sink = {
      name: 'moody',
      write() {
        calls.push('write')
        throw new Error('no')
      },
      close: () => void calls.push('close'),
    }
    const { processor } = createProcessor({ sinks: [sink] })
    tell(processor, runNews('etl', ['a']))
    await processor.shutdown()
    await processor.forceFlush()
    expect(calls.indexOf('close')).toBe(calls.length - 1)
  })

  test('a flush after the end makes no document and no journal any more', async () => {
    vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const folder = temporaryFolder()
    let calls = 0
    const moody = () => {
      calls += 1
      if (calls < 3) throw new Error('no')
    }
    const { processor } = createProcessor({ folder, sinks: [moody] })
    tell(processor, runNews('etl', ['a']))
    processor.finish()
    await processor.forceFlush()
    expect(calls).toBe(2)
    expect(readdirSync(join(folder, '.runspan'))).toEqual(['tmp'])
    await processor.shutdown()
  })

  test('what comes after the shutdown is counted', async () => {
    vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const { memory, processor } = createProcessor()
    const news = runNews('etl', ['a'])
    tell(processor, news.slice(0, 2))
    await processor.shutdown()
    tell(processor, news.slice(2))
    expect(processor.status().dropped).toBe(2)
    expect(only(memory.documents()).run.outcome).toBe('interrupted')
  })
})
