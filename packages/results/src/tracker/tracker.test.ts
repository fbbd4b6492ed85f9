import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTerminal } from '../core/outcome.js'
import { PIPELINE_STATUS, PIPELINE_TASK_STATUS } from '../words/pipeline.js'
import { fromWord, wordsOf } from '../words/vocabulary.js'
import { MAX_ISSUES } from './issue.js'
import { PIPELINE, setUp } from './set-up.testsuite.js'
import { PipelineStatus, PipelineTaskStatus } from './status.js'

describe('S4.1 S4.5 an execution', () => {
  test('has an id of its own: one that is in use is refused, be it running or finished', async () => {
    const { tracker } = setUp()
    await tracker.startExecution('e1', PIPELINE)
    const again = expect.objectContaining({ code: 'duplicate_run', message: expect.stringContaining('"e1"') })
    await expect(tracker.startExecution('e1', PIPELINE)).rejects.toThrow(again)
    await tracker.updateStatus('e1', 'cancelled')
    await expect(tracker.startExecution('e1', PIPELINE)).rejects.toThrow(again)
    expect(tracker.getStatistics().total_executions).toBe(1)
  })

  test.each(['', 5, null, undefined])('is refused with the id %j', async (id) => {
    await expect(setUp().tracker.startExecution(id as string, PIPELINE)).rejects.toThrow(
      expect.objectContaining({ code: 'invalid_run_id' }),
    )
  })

  test('keeps the context it was given, and nobody can change it', async () => {
    const context = { user: 'john_doe' }
    const execution = await setUp().tracker.startExecution('e1', PIPELINE, context)
    context.user = 'other'
    expect(execution.context).toEqual({ user: 'john_doe' })
    expect(() => Object.assign(execution.context, { user: 'x' })).toThrow(TypeError)
    expect(() => Object.assign(execution, { status: 'failed' })).toThrow(TypeError)
  })

  test('takes its tasks as ids, objects, a map or an object, each id once', async () => {
    const { tracker } = setUp()
    const forms = [
      ['a', 'b', 'a'],
      [{ id: 'a' }, { id: 'b' }],
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Set(['a', 'b']),
      { a: {}, b: {} },
    ]
    for (const [i, tasks] of forms.entries()) {
      const execution = await tracker.startExecution(`e${i}`, { name: 'P', tasks })
      expect(execution.tasks.map((task) => task.taskId)).toEqual(['a', 'b'])
      expect(execution.pipeline).toEqual({ id: 'P', name: 'P' })
    }
  })

  test.each([null, { name: 5 }, { name: 'P', id: 7 }, { name: 'P', tasks: 'abc' }, { name: 'P', tasks: [1] }])(
    'is refused with the pipeline %j, and leaves nothing behind',
    async (pipeline) => {
      const { tracker } = setUp()
      await expect(tracker.startExecution('e1', pipeline as never)).rejects.toThrow(
        expect.objectContaining({ code: 'invalid_value' }),
      )
      expect(tracker.getExecution('e1')).toBeNull()
    },
  )
})

test('S4.2 S4.3 the words of executions and tasks are there by name', () => {
  expect(Object.values(PipelineStatus)).toEqual(wordsOf(PIPELINE_STATUS))
  expect(Object.values(PipelineTaskStatus)).toEqual(wordsOf(PIPELINE_TASK_STATUS))
})

describe('S4.4 the history is bounded', () => {
  test('by 1000 unless told otherwise, and the oldest goes first', async () => {
    const { tracker } = setUp()
    for (let i = 0; i <= 1000; i += 1) {
      await tracker.startExecution(`e${i}`, { name: 'P' })
      await tracker.updateStatus(`e${i}`, 'completed')
    }
    expect(tracker.getHistory()).toHaveLength(1000)
    expect(tracker.getExecution('e0')).toBeNull()
    expect(tracker.getExecution('e1')).not.toBeNull()
    expect(tracker.getStatistics()).toMatchObject({
      total_executions: 1001,
      successful_executions: 1001,
      history_size: 1000,
    })
  })

  test('by none at all when that is wanted', async () => {
    const { tracker } = setUp({ maxHistory: 0 })
    await tracker.startExecution('e1', PIPELINE)
    await tracker.updateStatus('e1', 'failed')
    expect(tracker.getHistory()).toEqual([])
    expect(tracker.getStatistics()).toMatchObject({ failed_executions: 1, history_size: 0 })
  })

  test.each([-1, 1.5, Number.NaN, '5', null])('and %j is no bound', (maxHistory) => {
    expect(() => setUp({ maxHistory: maxHistory as number })).toThrow(
      expect.objectContaining({ code: 'invalid_value' }),
    )
  })
})

describe('S4.6 S4.7 what is told is checked', () => {
  test('an unknown run, task or word is an error that names what there is', async () => {
    const { tracker } = setUp()
    await tracker.startExecution('e1', PIPELINE)
    const refused = (code: string, text: string) =>
      expect.objectContaining({ name: 'ResultsError', code, message: expect.stringContaining(text) })
    await expect(tracker.updateStatus('x', 'failed')).rejects.toThrow(refused('unknown_run', '"x"'))
    await expect(tracker.updateTaskStatus('x', 'a', 'running')).rejects.toThrow(refused('unknown_run', '"x"'))
    await expect(tracker.updateTaskStatus('e1', 'z', 'running')).rejects.toThrow(refused('unknown_task', 'a, b, c'))
    await expect(tracker.updateTaskStatus('e1', '__proto__', 'running')).rejects.toThrow(
      refused('unknown_task', 'a, b, c'),
    )
    await expect(tracker.updateTaskStatus('e1', 'a', 'done' as never)).rejects.toThrow(
      refused('unknown_word', 'pending, running, completed, failed, skipped'),
    )
    await expect(tracker.updateStatus('e1', 'done' as never)).rejects.toThrow(refused('unknown_word', 'paused'))
    await expect(tracker.updateTaskStatus('e1', 'a', 'running', 5 as never)).rejects.toThrow(
      refused('invalid_value', '5'),
    )
    expect(tracker.getExecutionSummary('e1')).toMatchObject({ status: 'running', running_tasks: 0 })
  })

  test('a task that has ended does not begin again', async () => {
    const { tracker, events } = setUp()
    await tracker.startExecution('e1', PIPELINE)
    await tracker.updateTaskStatus('e1', 'a', 'completed')
    events.length = 0
    await expect(tracker.updateTaskStatus('e1', 'a', 'running')).rejects.toThrow(
      'Invalid status transition: COMPLETED → RUNNING\nValid transitions from COMPLETED: none',
    )
    expect(events).toEqual([])
  })

  test('the same status again changes the metrics and is no event', async () => {
    const { tracker, events } = setUp()
    await tracker.startExecution('e1', PIPELINE)
    await tracker.updateTaskStatus('e1', 'a', 'running', { rows: 1 })
    await tracker.updateTaskStatus('e1', 'a', 'running', { rows: 2 })
    await tracker.updateTaskStatus('e1', 'a', 'running', null)
    expect(tracker.getExecution('e1')?.metrics.tasks).toEqual({ a: { rows: 2 } })
    expect(events.filter(([kind]) => kind === 'task')).toEqual([['task', 'e1', 'a', 'running']])
  })

  test('a paused run goes on, and can be completed by its tasks meanwhile', async () => {
    const { tracker } = setUp()
    await tracker.startExecution('e1', { name: 'P', tasks: ['a'] })
    await tracker.updateStatus('e1', 'paused')
    expect(tracker.getRunningExecutions()).toEqual([])
    await tracker.updateStatus('e1', 'running')
    await tracker.updateStatus('e1', 'paused')
    await tracker.updateTaskStatus('e1', 'a', 'completed')
    expect(tracker.getExecution('e1')?.status).toBe('completed')
  })

  test('lenient takes any transition, and the figures follow', async () => {
    const { tracker, events } = setUp({ transitions: 'lenient' })
    await tracker.startExecution('e1', PIPELINE)
    await tracker.updateTaskStatus('e1', 'a', 'failed')
    expect(tracker.getStatistics()).toMatchObject({ failed_executions: 1, history_size: 1 })
    await tracker.updateTaskStatus('e1', 'b', 'completed')
    await tracker.updateStatus('e1', 'pending')
    expect(tracker.getStatistics()).toMatchObject({ failed_executions: 0, history_size: 0, running_executions: 0 })
    await tracker.updateStatus('e1', 'completed')
    expect(tracker.getStatistics()).toMatchObject({
      total_executions: 1,
      successful_executions: 1,
      failed_executions: 0,
    })
    expect(events.filter(([kind]) => kind === 'status').map((event) => event.slice(2))).toEqual([
      ['running', null],
      ['failed', 'running'],
      ['pending', 'failed'],
      ['completed', 'pending'],
    ])
    await expect(tracker.updateStatus('e1', 'done' as never)).rejects.toThrow(
      expect.objectContaining({ code: 'unknown_word' }),
    )
  })
})

describe('S4.8 S4.11 times, metrics and issues', () => {
  test('the duration is live while it runs, stands still at the end and never goes below 0', async () => {
    const { tracker, clock } = setUp()
    const started = await tracker.startExecution('e1', PIPELINE)
    clock.time += 2500
    expect(started.metrics.duration).toBe(2.5)
    expect(started.metrics.endTime).toBeNull()
    clock.time -= 9000
    expect(started.metrics.duration).toBe(0)
    clock.time += 10_500
    await tracker.updateStatus('e1', 'completed')
    clock.time += 60_000
    const found = tracker.getExecution('e1')
    expect(found?.metrics).toMatchObject({
      duration: 4,
      startTime: '2023-11-14T22:13:20.000Z',
      endTime: '2023-11-14T22:13:24.000Z',
    })
    expect(started.metrics.duration).toBe(4)
    expect(JSON.parse(JSON.stringify(found))).toMatchObject({ executionId: 'e1', metrics: { duration: 4 } })
  })

  test('a task is timed from running to its end', async () => {
    const { tracker, clock } = setUp()
    await tracker.startExecution('e1', PIPELINE)
    await tracker.updateTaskStatus('e1', 'a', 'running')
    clock.time += 1500
    await tracker.updateTaskStatus('e1', 'a', 'completed', { records_processed: 1000 })
    clock.time += 1500
    await tracker.updateTaskStatus('e1', 'a', 'completed', { records_processed: 1001 })
    await tracker.updateTaskStatus('e1', 'b', 'completed')
    const [a, b] = tracker.getExecution('e1')?.tasks ?? []
    expect(a).toEqual({
      taskId: 'a',
      title: 'a',
      status: 'completed',
      startTime: '2023-11-14T22:13:20.000Z',
      duration: 1.5,
      metrics: { records_processed: 1001 },
    })
    expect(b).toMatchObject({ startTime: null, duration: null, metrics: null })
  })

  test('errors and warnings keep what was told, and more than the bound are counted', async () => {
    const { tracker } = setUp()
    const execution = await tracker.startExecution('e1', PIPELINE)
    expect(tracker.addError('e1', new TypeError('bad'))).toBe(true)
    expect(tracker.addError('e1', { message: 'worse', taskId: 'a', code: 7 })).toBe(true)
    expect(tracker.addWarning('e1', 'careful')).toBe(true)
    expect(tracker.addError('x', 'lost')).toBe(false)
    const timestamp = '2023-11-14T22:13:20.000Z'
    expect(execution.errors).toEqual([
      { message: 'bad', taskId: null, timestamp, details: { type: 'TypeError' } },
      { message: 'worse', taskId: 'a', timestamp, details: { code: 7 } },
    ])
    expect(execution.warnings).toEqual([{ message: 'careful', taskId: null, timestamp, details: {} }])
    for (let i = 0; i < MAX_ISSUES; i += 1) tracker.addError('e1', `e${i}`)
    expect(execution.errors).toHaveLength(MAX_ISSUES)
    expect(tracker.getExecutionSummary('e1')).toMatchObject({ errors: MAX_ISSUES + 2, warnings: 1 })
    expect(() => tracker.addError('e1', 5 as never)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
  })

  test('progress grows with every task that ends, and reaches 100 with the last', async () => {
    const ends = fc.array(fc.constantFrom('completed', 'skipped') as fc.Arbitrary<'completed' | 'skipped'>, {
      minLength: 1,
      maxLength: 20,
    })
    await fc.assert(
      fc.asyncProperty(ends, async (statuses) => {
        const { tracker, events } = setUp()
        const tasks = statuses.map((_, i) => `t${i}`)
        const execution = await tracker.startExecution('e', { name: 'P', tasks })
        for (const [i, status] of statuses.entries()) {
          expect(execution.progress).toBeCloseTo((i / statuses.length) * 100)
          expect(execution.status).toBe('running')
          await tracker.updateTaskStatus('e', `t${i}`, status)
        }
        expect(execution.progress).toBe(100)
        expect(execution.status).toBe('completed')
        expect(events.at(-2)).toEqual(['status', 'e', 'completed', 'running'])
        expect(events.at(-1)).toEqual(['task', 'e', tasks.at(-1), statuses.at(-1)])
      }),
    )
  })
})

describe('S4.12 S4.14 S4.16 what all executions come to', () => {
  test('whatever is told in whatever order, the figures agree with the executions', async () => {
    const command = fc.tuple(
      fc.constantFrom('start', 'task', 'status'),
      fc.constantFrom('e1', 'e2', 'e3', 'e4'),
      fc.constantFrom('a', 'b'),
      fc.constantFrom(...wordsOf(PIPELINE_TASK_STATUS)),
      fc.constantFrom(...wordsOf(PIPELINE_STATUS)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 60 }), fc.boolean(), async (commands, lenient) => {
        const { tracker, events } = setUp({ transitions: lenient ? 'lenient' : 'strict' })
        for (const [name, id, task, taskStatus, status] of commands) {
          const told =
            name === 'start'
              ? tracker.startExecution(id, { name: 'P', tasks: ['a', 'b'] })
              : name === 'task'
                ? tracker.updateTaskStatus(id, task, taskStatus)
                : tracker.updateStatus(id, status)
          await told.catch((error: unknown) => expect(error).toMatchObject({ name: 'ResultsError' }))
        }
        const all = ['e1', 'e2', 'e3', 'e4'].flatMap((id) => tracker.getExecution(id) ?? [])
        const having = (word: string) => all.filter((execution) => execution.status === word)
        const successful = having('completed').length
        expect(tracker.getStatistics()).toEqual({
          total_executions: all.length,
          successful_executions: successful,
          failed_executions: having('failed').length,
          running_executions: having('running').length,
          success_rate: all.length === 0 ? 0 : (successful / all.length) * 100,
          history_size: all.filter((execution) => isTerminal(fromWord(PIPELINE_STATUS, execution.status))).length,
        })
        expect(new Set(tracker.getRunningExecutions().map((e) => e.executionId))).toEqual(
          new Set(having('running').map((e) => e.executionId)),
        )
        for (const execution of all) {
          const told = events.filter(([kind, id]) => kind === 'status' && id === execution.executionId)
          expect(told.at(-1)?.[2]).toBe(execution.status)
          for (const [i, event] of told.entries()) expect(event[3]).toBe(i === 0 ? null : told[i - 1]?.[2])
          const counted = execution.tasks.filter((task) => task.status === 'completed').length
          expect(tracker.getExecutionSummary(execution.executionId)?.completed_tasks).toBe(counted)
        }
      }),
    )
  })
})
