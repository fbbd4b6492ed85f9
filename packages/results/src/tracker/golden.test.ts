import { describe, expect, test } from 'vitest'
import { isResultsError } from '../core/results-error.js'
import { type GoldenCase, goldenCases } from '../tasks/golden.testsuite.js'
import { PipelineStatusTracker } from './tracker.js'
import type { PipelineExecution } from './view.js'

type Op = [name: string, ...args: any[]]

interface Output {
  steps: unknown[]
  events: unknown[]
}

const error = (message: string) => ({ error: { type: 'ValueError', message } })

/** Steps, by their place, where a decision makes ours differ; and all events where those differ. */
const OURS: Record<string, { steps?: Record<number, unknown>; events?: unknown[] }> = {
  'all complete': { steps: { 4: expect.objectContaining({ status: 'completed', duration: 3, progress: 100 }) } },
  'fail then others go on': {
    steps: { 2: error('Execution "exec_123" has ended (FAILED); task "b" can no longer change.') },
  },
  skipped: {
    steps: {
      2: expect.objectContaining({ status: 'running', progress: 50, completed_tasks: 0, total_tasks: 2 }),
      4: expect.objectContaining({ status: 'completed', progress: 100, completed_tasks: 1, total_tasks: 2 }),
      5: expect.objectContaining({ successful_executions: 1, running_executions: 0, history_size: 1 }),
    },
    events: [
      ['log', 'status', 'exec_123', null, 'running'],
      ['log', 'task', 'exec_123', 'a', 'skipped'],
      ['log', 'status', 'exec_123', 'running', 'completed'],
      ['log', 'task', 'exec_123', 'b', 'completed'],
    ],
  },
  'all skipped': {
    steps: {
      2: expect.objectContaining({ status: 'completed', progress: 100, completed_tasks: 0 }),
      3: expect.objectContaining({ successful_executions: 1, success_rate: 100, history_size: 1 }),
    },
    events: [
      ['log', 'status', 'exec_123', null, 'running'],
      ['log', 'status', 'exec_123', 'running', 'completed'],
      ['log', 'task', 'exec_123', 'a', 'skipped'],
    ],
  },
  'complete by hand': { steps: { 3: expect.objectContaining({ status: 'completed', progress: 0, duration: 4 }) } },
  'after completion': {
    steps: {
      2: error('Invalid status transition: COMPLETED → FAILED\nValid transitions from COMPLETED: none'),
      3: error('Execution "exec_123" has ended (COMPLETED); task "a" can no longer change.'),
      5: expect.objectContaining({ status: 'completed', errors: 1 }),
    },
  },
  'back to pending': {
    steps: {
      1: error(
        'Invalid status transition: RUNNING → PENDING\nValid transitions from RUNNING: PAUSED, COMPLETED, FAILED, CANCELLED',
      ),
      2: expect.objectContaining({ status: 'running' }),
      3: ['exec_123'],
    },
    events: [
      ['log', 'status', 'exec_123', null, 'running'],
      ['log', 'status', 'exec_123', 'running', 'failed'],
    ],
  },
  'same status twice': {
    events: [
      ['log', 'status', 'exec_123', null, 'running'],
      ['log', 'status', 'exec_123', 'running', 'paused'],
    ],
  },
  'unknown execution': {
    steps: {
      0: error('Execution "x" not found; start it first.'),
      1: error('Execution "x" not found; start it first.'),
    },
  },
  // What began before the reset is not counted when it ends: there are never more successes than executions.
  'reset and clear': { steps: { 9: expect.objectContaining({ total_executions: 0, successful_executions: 0 }) } },
}

describe('S4.2 S4.3 S4.4 S4.5 S4.6 S4.7 S4.8 S4.9 S4.10 S4.11 S4.12 S4.13 S4.14 S4.17 a sequence of calls', () => {
  test.each(goldenCases('s4-tracker').map((c) => [c.what as string, c] as const))('%s', async (what, c) => {
    const ours = OURS[what] ?? {}
    const expected = c.output as Output
    const { steps, events } = await play(c)
    expect(steps).toEqual(expected.steps.map((step, i) => (ours.steps && i in ours.steps ? ours.steps[i] : step)))
    expect(events).toEqual(ours.events ?? expected.events)
  })
})

async function play({ input }: GoldenCase): Promise<Output> {
  let time = 1_700_000_000_000
  const tracker = new PipelineStatusTracker({ maxHistory: input.max_history, now: () => time })
  const pipelines = input.pipelines ?? { p: { id: 'p1', name: 'Pipe', tasks: ['a', 'b', 'c'] } }
  const events: unknown[] = []
  for (const name of input.handlers ?? ['log']) {
    tracker.registerStatusHandler(async (id, status, old) => {
      events.push([name, 'status', id, old, status])
      if (name === 'throws') throw new Error('handler')
      if (name === 'updates') {
        await Promise.resolve()
        await tracker.updateTaskStatus(id, 'a', 'running')
      }
    })
    tracker.registerTaskHandler((id, task, status) => {
      events.push([name, 'task', id, task, status])
      if (name === 'throws') throw new Error('handler')
    })
  }
  const steps: unknown[] = []
  for (const [name, ...args] of input.ops as Op[]) {
    if (name === 'tick') time += args[0] * 1000
    else steps.push(await run(name, args))
  }
  return { steps, events }

  async function run(name: string, args: any[]): Promise<unknown> {
    const [id, second, third] = args
    try {
      switch (name) {
        case 'start': {
          const { status, progress, context } = await tracker.startExecution(id, pipelines[second ?? 'p'], third)
          return { status, progress, context }
        }
        case 'task':
          return (await tracker.updateTaskStatus(id, second, third, args[3])) ?? null
        case 'status':
          return (await tracker.updateStatus(id, second)) ?? null
        case 'error':
          tracker.addError(id, second)
          return null
        case 'warning':
          tracker.addWarning(id, second)
          return null
        case 'execution':
          return toDict(tracker.getExecution(id))
        case 'summary':
          return tracker.getExecutionSummary(id)
        case 'running':
          return tracker.getRunningExecutions().map((execution) => execution.executionId)
        case 'statistics':
          return tracker.getStatistics()
        case 'history':
          return tracker.getHistory().map((execution) => execution.executionId)
        case 'clear_history':
          return tracker.clearHistory() ?? null
        case 'reset_statistics':
          return tracker.resetStatistics() ?? null
        default:
          throw new Error(`no such call: ${name}`)
      }
    } catch (fault) {
      if (!isResultsError(fault)) throw fault
      return { error: { type: 'ValueError', message: fault.message } }
    }
  }
}

function toDict(execution: PipelineExecution | null): unknown {
  if (execution === null) return null
  return {
    execution_id: execution.executionId,
    pipeline_name: execution.pipeline.name,
    status: execution.status,
    progress: execution.progress,
    duration: execution.metrics.duration,
    average_task_duration: execution.metrics.averageTaskDuration,
    running_tasks: execution.runningTasks,
    completed_tasks: execution.completedTasks,
    failed_tasks: execution.failedTasks,
    task_metrics: execution.metrics.tasks,
    errors: execution.errors,
    warnings: execution.warnings,
  }
}
