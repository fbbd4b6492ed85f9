import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ATTR } from '../core/attributes.js'
import type { StepNode } from '../core/document.js'
import { foldRuns } from '../core/fold.js'
import { liveListeners, publishLive } from '../core/live.js'
import { isTerminal, OUTCOME_WORDS, type Outcome, toSpanStatus } from '../core/outcome.js'
import type { SpanRecord } from '../core/record.js'
import { PIPELINE_STATUS, PIPELINE_TASK_STATUS } from '../words/pipeline.js'
import { toWord } from '../words/vocabulary.js'
import { MAX_WAITING_RUNS } from './record-feed.js'
import { PipelineStatusTracker } from './tracker.js'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const START = 1_700_000_000_000_000_000n

type Facts = Partial<SpanRecord> & { with?: SpanRecord['attributes']; outcome?: Outcome }

function hex(n: number): string {
  return n.toString(16).padStart(16, '0')
}

function keyOf(n: number): string {
  return `${TRACE}-${hex(n)}`
}

function record(n: number, attributes: SpanRecord['attributes'], { with: more, outcome, ...facts }: Facts): SpanRecord {
  const phase = facts.phase ?? (outcome === undefined ? 'started' : 'ended')
  return {
    phase,
    seq: phase === 'started' ? 0 : 1,
    traceId: TRACE,
    spanId: hex(n),
    parentSpanId: null,
    name: 'n',
    start: String(START),
    end: phase === 'ended' ? String(START + 1_500_000_000n) : null,
    status: outcome === undefined ? 'unset' : toSpanStatus(outcome),
    attributes: { ...attributes, ...(outcome === undefined ? {} : { [ATTR.outcome]: outcome }), ...more },
    ...facts,
  }
}

function run(n: number, facts: Facts = {}): SpanRecord {
  const identity = { [ATTR.kind]: 'run', [ATTR.runKey]: keyOf(n), [ATTR.runId]: `run-${n}`, [ATTR.name]: 'etl' }
  return record(n, identity, facts)
}

function step(n: number, of: number, facts: Facts = {}): SpanRecord {
  const identity = { [ATTR.kind]: 'step', [ATTR.runKey]: keyOf(of), [ATTR.parentId]: hex(of), [ATTR.ordinal]: n - of }
  return record(n, { ...identity, [ATTR.name]: `step${n}` }, facts)
}

function setUp(now = Number(START / 1_000_000n)) {
  const events: unknown[][] = []
  const clock = { now }
  const tracker = new PipelineStatusTracker({ now: () => clock.now })
  tracker.registerStatusHandler((...told) => events.push(['status', ...told]))
  tracker.registerTaskHandler((...told) => events.push(['task', ...told]))
  return { tracker, events, clock }
}

describe('S4.5 S4.6 S4.7 a tracker that is fed by records', () => {
  test('shows a run from its start, with its steps as tasks, until it ends', () => {
    const { tracker, events, clock } = setUp()
    tracker.addRecord(run(16))
    clock.now += 500
    expect(tracker.getExecution('run-16')).toMatchObject({
      executionId: 'run-16',
      runKey: keyOf(16),
      pipeline: { id: 'etl', name: 'etl' },
      status: 'running',
      progress: 0,
      metrics: { duration: 0.5 },
    })
    tracker.addRecord(step(17, 16))
    tracker.addRecord(step(18, 16, { with: { [ATTR.id]: 'load', [ATTR.title]: 'Load it' } }))
    expect(tracker.getRunningExecutions()[0]?.runningTasks).toEqual(['0001', 'load'])
    tracker.addRecord(step(17, 16, { outcome: 'success' }))
    expect(tracker.getExecution(keyOf(16))?.progress).toBe(50)
    tracker.addRecord(step(18, 16, { outcome: 'failed', with: { [ATTR.exceptionMessage]: 'no', [ATTR.id]: 'load' } }))
    expect(tracker.getExecution('run-16')?.status).toBe('running')
    tracker.addRecord(run(16, { outcome: 'failed', with: { [ATTR.exceptionMessage]: 'no' } }))
    expect(tracker.getExecutionSummary('run-16')).toEqual({
      execution_id: 'run-16',
      pipeline_id: 'etl',
      pipeline_name: 'etl',
      status: 'failed',
      progress: 100,
      duration: 1.5,
      completed_tasks: 1,
      failed_tasks: 1,
      running_tasks: 0,
      total_tasks: 2,
      errors: 1,
      warnings: 0,
    })
    expect(tracker.getExecution('run-16')?.metrics.averageTaskDuration).toBe(1.5)
    expect(events).toEqual([
      ['status', 'run-16', 'running', null],
      ['task', 'run-16', '0001', 'running'],
      ['task', 'run-16', 'load', 'running'],
      ['task', 'run-16', '0001', 'completed'],
      ['task', 'run-16', 'load', 'failed'],
      ['status', 'run-16', 'failed', 'running'],
    ])
  })

  test('says of any records, in any order and number, what the fold says', () => {
    const outcome = fc.option(fc.constantFrom(...OUTCOME_WORDS), { nil: undefined })
    const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), outcome, fc.integer({ min: 0, max: 3 })), {
      maxLength: 40,
    })
    const records = spans.map((list) =>
      list.map(([n, result, seq]): SpanRecord => {
        const phase = result === undefined ? (seq === 3 ? 'interrupted' : 'started') : 'ended'
        const made = n === 0 ? run(16, { outcome: result, phase }) : step(16 + n, 16, { outcome: result, phase })
        return { ...made, seq }
      }),
    )
    fc.assert(
      fc.property(records, fc.infiniteStream(fc.nat(1000)), (list, order) => {
        const { tracker, events } = setUp()
        const shuffled = list
          .concat(list.slice(0, 5))
          .map((item) => [order.next().value as number, item] as const)
          .sort(([a], [b]) => a - b)
        for (const [, item] of shuffled) tracker.addRecord(item)
        const document = foldRuns(list).find(({ run: { key } }) => key === keyOf(16))
        const execution = tracker.getExecution(keyOf(16))
        if (document === undefined || document.run.id === null) {
          expect(execution).toBeNull()
          expect(events).toEqual([])
          return
        }
        expect(execution?.status).toBe(toWord(PIPELINE_STATUS, document.run.outcome))
        expect(new Map(execution?.tasks.map((task) => [task.taskId, task.status]))).toEqual(
          new Map(flat(document.steps).map((node) => [node.run_id, toWord(PIPELINE_TASK_STATUS, node.outcome)])),
        )
        if (document.run.duration_ms !== null && isTerminal(document.run.outcome)) {
          expect(execution?.metrics.duration).toBe(document.run.duration_ms / 1000)
        }
        expect(events.filter(([kind]) => kind === 'status').at(-1)?.[2]).toBe(execution?.status)
        expect(tracker.getStatistics().total_executions).toBe(1)
      }),
      { numRuns: 300 },
    )
  })

  test('keeps steps that come before their run, and tells of them after it', () => {
    const { tracker, events } = setUp()
    tracker.addRecord(step(17, 16, { outcome: 'success' }))
    expect(tracker.getRunningExecutions()).toEqual([])
    expect(tracker.getStatistics().total_executions).toBe(0)
    tracker.addRecord(run(16, { outcome: 'success' }))
    expect(events).toEqual([
      ['status', 'run-16', 'completed', null],
      ['task', 'run-16', '0001', 'completed'],
    ])
    expect(tracker.getStatistics()).toMatchObject({ total_executions: 1, successful_executions: 1, history_size: 1 })
  })

  test('a run found interrupted is revised when its end comes after all, and so are the figures', () => {
    const { tracker, events } = setUp()
    tracker.addRecord(run(16))
    tracker.addRecord(step(17, 16, { start: String(START + 700_000_000n) }))
    tracker.addRecord(run(16, { phase: 'interrupted' }))
    expect(tracker.getStatistics()).toMatchObject({ failed_executions: 1, successful_executions: 0 })
    expect(tracker.getExecution('run-16')?.metrics.duration).toBe(0.7)
    tracker.addRecord(run(16, { outcome: 'success' }))
    expect(tracker.getStatistics()).toMatchObject({
      failed_executions: 0,
      successful_executions: 1,
      total_executions: 1,
    })
    expect(events.filter(([kind]) => kind === 'status').at(-1)).toEqual(['status', 'run-16', 'completed', 'failed'])
  })

  test('a record that says nothing new changes nothing', () => {
    const { tracker, events } = setUp()
    expect(tracker.addRecord(run(16))).toBe(true)
    expect(tracker.addRecord(run(16))).toBe(false)
    expect(tracker.addRecord(run(16, { outcome: 'success' }))).toBe(true)
    expect(tracker.addRecord(run(16))).toBe(false)
    expect(events).toHaveLength(2)
  })

  test('a run reports its own progress, which is no event', () => {
    const { tracker, events } = setUp()
    tracker.addRecord(run(16))
    tracker.addRecord(run(16, { phase: 'progress', with: { [ATTR.progress]: 0.25 } }))
    expect(tracker.getExecution('run-16')?.progress).toBe(25)
    expect(events).toHaveLength(1)
  })

  test('a run known by its records ends by its own record, whatever is told of its tasks', async () => {
    const { tracker } = setUp()
    tracker.addRecord(run(16))
    tracker.addRecord(step(17, 16))
    await tracker.updateTaskStatus('run-16', '0001', 'failed')
    expect(tracker.getExecution('run-16')).toMatchObject({ status: 'running', failedTasks: ['0001'] })
  })

  test('warnings of the run and its steps are there, be they a list, cut or something else', () => {
    const { tracker } = setUp()
    tracker.addRecord(run(16, { outcome: 'success', with: { [ATTR.warnings]: '["slow",{"message":"old"}]' } }))
    tracker.addRecord(step(17, 16, { outcome: 'success', with: { [ATTR.warnings]: '["cut… [cut]' } }))
    expect(tracker.getExecution('run-16')?.warnings.map(({ message, taskId }) => [message, taskId])).toEqual([
      ['slow', null],
      ['old', null],
      ['["cut… [cut]', '0001'],
    ])
    expect(tracker.getExecutionSummary('run-16')?.warnings).toBe(3)
  })

  test('two runs by one id are told apart by their keys, and steps by one id by their spans', () => {
    const { tracker } = setUp()
    const sameId = { with: { [ATTR.runId]: 'nightly' } }
    tracker.addRecord(run(16, sameId))
    tracker.addRecord(run(32, sameId))
    expect(tracker.getRunningExecutions().map((execution) => execution.executionId)).toEqual(['nightly', keyOf(32)])
    const loop = { with: { [ATTR.id]: 'item' } }
    tracker.addRecord(step(17, 16, loop))
    tracker.addRecord(step(18, 16, loop))
    tracker.addRecord(step(18, 16, { ...loop, outcome: 'success' }))
    const execution = tracker.getExecution('nightly')
    expect(execution?.runningTasks).toEqual(['item'])
    expect(execution?.completedTasks).toEqual([`s${hex(18)}`])
  })

  test('a run inside a run is a task of the outer one, found by its own id, and not counted', () => {
    const { tracker } = setUp()
    tracker.addRecord(run(16))
    tracker.addRecord(run(48, { with: { [ATTR.runKey]: keyOf(16), [ATTR.ordinal]: 1, [ATTR.parentId]: hex(16) } }))
    tracker.addRecord(step(49, 48))
    expect(tracker.getExecution('run-16')?.runningTasks).toEqual(['0001'])
    expect(tracker.getExecution('run-48')?.runningTasks).toEqual(['0001'])
    expect(tracker.getRunningExecutions()).toHaveLength(1)
    expect(tracker.getStatistics()).toMatchObject({ total_executions: 1, running_executions: 1 })
  })

  test('attempts, loose steps and foreign spans are no executions and no tasks', () => {
    const { tracker } = setUp()
    tracker.addRecord(run(16))
    tracker.addRecord(step(17, 16, { with: { [ATTR.kind]: 'attempt' } }))
    expect(tracker.addRecord(step(65, 64))).toBe(true)
    expect(tracker.addRecord(step(64, 64))).toBe(false)
    expect(tracker.addRecord(step(66, 64))).toBe(false)
    expect(tracker.addRecord(record(99, {}, {}))).toBe(false)
    expect(tracker.getExecution('run-16')?.tasks).toEqual([])
    expect(tracker.getStatistics().total_executions).toBe(1)
    expect(tracker.getExecution(keyOf(64))).toBeNull()
  })

  test('runs that never show themselves are given up beyond a bound, and counted', () => {
    const { tracker } = setUp()
    for (let i = 0; i <= MAX_WAITING_RUNS; i += 1) tracker.addRecord(step(100_001 + i * 2, 100_000 + i * 2))
    expect(tracker.droppedRuns).toBe(1)
    tracker.addRecord(run(100_000))
    expect(tracker.getExecution(`run-100000`)?.tasks).toEqual([])
    tracker.addRecord(run(100_002))
    expect(tracker.getExecution(`run-100002`)?.tasks).toHaveLength(1)
  })

  test('a run that the history no longer keeps is forgotten as a whole', () => {
    const tracker = new PipelineStatusTracker({ maxHistory: 1 })
    for (const n of [16, 32]) {
      tracker.addRecord(run(n, { outcome: 'success' }))
      tracker.addRecord(step(n + 1, n, { outcome: 'success' }))
    }
    expect(tracker.getExecution(keyOf(16))).toBeNull()
    expect(tracker.getExecution('run-32')?.completedTasks).toEqual(['0001'])
    tracker.clearHistory()
    expect(tracker.getExecution('run-32')).toBeNull()
  })

  test('the documents of its history have the titles of the steps', () => {
    const { tracker } = setUp()
    tracker.addRecord(step(17, 16, { outcome: 'timed_out', with: { [ATTR.exceptionMessage]: 'late' } }))
    tracker.addRecord(run(16, { outcome: 'timed_out', with: { [ATTR.exceptionMessage]: 'late' } }))
    expect([...tracker.documents()].map(({ statuses }) => statuses)).toEqual([
      [expect.objectContaining({ run_id: '0001', title: 'step17', status: 'failed', error_message: 'late' })],
    ])
  })
})

test('S4.16 a tracker follows every run of the process until it is told to stop', () => {
  const { tracker } = setUp()
  const before = liveListeners().size
  const stop = tracker.follow()
  publishLive(run(16))
  expect(tracker.getRunningExecutions()).toHaveLength(1)
  stop()
  stop()
  publishLive(run(32))
  expect(tracker.getRunningExecutions()).toHaveLength(1)
  expect(liveListeners().size).toBe(before)
})

function flat(steps: readonly StepNode[]): StepNode[] {
  return steps.flatMap((node) => [node, ...flat(node.steps)])
}
