import { describe, expect, test } from 'vitest'
import { PIPELINE, setUp } from './set-up.testsuite.js'
import { PipelineStatusTracker } from './tracker.js'

describe('S4.9 S4.10 handlers', () => {
  test('that throw, reject or never settle break nothing, and their faults are reported', async () => {
    const { tracker, faults, events } = setUp()
    tracker.registerStatusHandler(() => {
      throw new Error('thrown')
    })
    tracker.registerStatusHandler(async () => {
      await Promise.resolve()
      throw new Error('rejected')
    })
    await tracker.startExecution('e1', PIPELINE)
    expect(faults.map(([error]) => (error as Error).message)).toEqual(['thrown', 'rejected'])
    expect(faults[0]?.[1]).toEqual({ kind: 'status', executionId: 'e1', status: 'running', previous: null })
    expect(tracker.handlerFaults).toBe(2)
    tracker.registerTaskHandler(() => new Promise(() => {}))
    void tracker.updateTaskStatus('e1', 'a', 'running')
    void tracker.updateTaskStatus('e1', 'b', 'failed')
    expect(tracker.getExecution('e1')?.status).toBe('failed')
    expect(events.at(-1)).toEqual(['task', 'e1', 'b', 'failed'])
  })

  test('an onError that throws itself is survived', async () => {
    const { tracker } = setUp({
      onError: () => {
        throw new Error('again')
      },
    })
    tracker.registerStatusHandler(() => Promise.reject(new Error('first')))
    await tracker.startExecution('e1', PIPELINE)
    expect(tracker.handlerFaults).toBe(1)
  })

  test('the promise resolves when asynchronous handlers are done, and the state has changed before', async () => {
    const { tracker } = setUp()
    const seen: string[] = []
    tracker.registerStatusHandler(async (_, status) => {
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(status)
    })
    const started = tracker.startExecution('e1', PIPELINE)
    expect(tracker.getExecution('e1')?.status).toBe('running')
    expect(seen).toEqual([])
    await started
    expect(seen).toEqual(['running'])
  })

  test('that change the tracker are heard by everybody in the same order', async () => {
    const tracker = new PipelineStatusTracker()
    const heard: Record<string, string[]> = { first: [], last: [] }
    tracker.registerStatusHandler((_, status) => heard.first?.push(status))
    tracker.registerTaskHandler((_, task, status) => heard.first?.push(`${task} ${status}`))
    tracker.registerStatusHandler(async (id, status) => {
      if (id === 'e1' && status === 'running') await tracker.updateTaskStatus(id, 'a', 'failed')
      if (status === 'failed') await tracker.startExecution('e2', { name: 'next', tasks: [] })
      if (id === 'e2' && status === 'running') await tracker.updateStatus('e2', 'cancelled')
    })
    tracker.registerStatusHandler((_, status) => heard.last?.push(status))
    tracker.registerTaskHandler((_, task, status) => heard.last?.push(`${task} ${status}`))
    await tracker.startExecution('e1', PIPELINE)
    expect(tracker.handlerFaults).toBe(0)
    expect(heard.first).toEqual(['running', 'failed', 'a failed', 'running', 'cancelled'])
    expect(heard.last).toEqual(heard.first)
  })

  test('hear nothing more once they are taken off, and one that was registered twice is heard twice', async () => {
    const tracker = new PipelineStatusTracker()
    const heard: string[] = []
    const handler = (id: string) => heard.push(id)
    const off = tracker.registerStatusHandler(handler)
    tracker.registerStatusHandler(handler)
    await tracker.startExecution('e1', PIPELINE)
    off()
    off()
    await tracker.startExecution('e2', PIPELINE)
    expect(heard).toEqual(['e1', 'e1', 'e2'])
  })
})
