import { PipelineStatusTracker } from '@runspan/results'
import { liveListeners } from '@runspan/results/core'
import { currentRun, runStep, trackWorkflow } from '@runspan/sdk'
import { expect, test } from 'vitest'
import { record } from '../packages/sdk/src/recording.testsuite.js'

record()

test('S4.15 a tracker that follows hears of every tracked run, by its run id, while it runs', async () => {
  const tracker = new PipelineStatusTracker()
  const heard: string[] = []
  tracker.registerStatusHandler((id, status) => void heard.push(`${id} ${status}`))
  tracker.registerTaskHandler((id, task, status) => void heard.push(`${id} ${task} ${status}`))
  const stop = tracker.follow()
  const etl = trackWorkflow('etl', { runId: (day: string) => day }, async (day: string) => {
    expect(tracker.getRunningExecutions().map((execution) => execution.executionId)).toEqual([day])
    await runStep('load', { id: 'load' }, async () => 1)
    await runStep('save', { id: 'save' }, () => Promise.reject(new Error('disk full')))
  })
  await expect(etl('2026-11-21')).rejects.toThrow('disk full')
  expect(heard).toEqual([
    '2026-11-21 running',
    '2026-11-21 load running',
    '2026-11-21 load completed',
    '2026-11-21 save running',
    '2026-11-21 save failed',
    '2026-11-21 failed',
  ])
  const execution = tracker.getExecution('2026-11-21')
  expect(execution?.pipeline.name).toBe('etl')
  expect(execution?.status).toBe('failed')
  expect(tracker.getStatistics().total_executions).toBe(1)

  let runId = ''
  trackWorkflow('auto', () => {
    runId = currentRun().runId
  })()
  expect(tracker.getExecution(runId)?.status).toBe('completed')
  stop()
  trackWorkflow('after', { runId: 'after' }, () => 1)()
  expect(tracker.getExecution('after')).toBeNull()
  expect(liveListeners().size).toBe(0)
})
