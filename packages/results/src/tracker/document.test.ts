import { expect, test } from 'vitest'
import { PIPELINE, setUp } from './set-up.testsuite.js'

test('S4.21 the history is there as documents, for the analysis of documents', async () => {
  const { tracker } = setUp()
  await tracker.startExecution('e1', { name: 'P', tasks: ['1', 'load', 'c'] })
  await tracker.updateTaskStatus('e1', '1', 'completed')
  tracker.addError('e1', { message: 'Disk: full', taskId: 'load' })
  await tracker.updateTaskStatus('e1', 'load', 'failed')
  await tracker.startExecution('e2', PIPELINE)
  const row = { mode: 'default', error_code: null, error_message: null, target: null, stacktrace: null }
  expect([...tracker.documents()]).toEqual([
    {
      statuses: [
        { ...row, run_id: '0001', title: '1', status: 'success' },
        { ...row, run_id: 'load', title: 'load', status: 'failed', error_code: 500, error_message: 'Disk: full' },
        { ...row, run_id: 'c', title: 'c', status: 'queued' },
      ],
    },
  ])
})

test('S4.21 a run that did not succeed never reads as all success, and one without tasks has a row', async () => {
  const { tracker } = setUp()
  await tracker.startExecution('e1', { name: 'P', tasks: ['a', 'b'] })
  await tracker.updateTaskStatus('e1', 'a', 'completed')
  tracker.addError('e1', 'out of time')
  await tracker.updateStatus('e1', 'failed')
  await tracker.startExecution('e2', { name: 'Q' })
  await tracker.updateStatus('e2', 'completed')
  await tracker.startExecution('e3', { name: 'R', tasks: ['a'] })
  await tracker.updateStatus('e3', 'cancelled')
  await tracker.startExecution('e4', { name: 'S', tasks: ['a'] })
  await tracker.updateTaskStatus('e4', 'a', 'skipped')
  const rows = [...tracker.documents()].map(({ statuses }) =>
    statuses.map((row) => [row.run_id, row.title, row.status, row.error_message]),
  )
  expect(rows).toEqual([
    [
      ['0000', 'P', 'failed', 'out of time'],
      ['a', 'a', 'success', null],
      ['b', 'b', 'queued', null],
    ],
    [['0000', 'Q', 'success', null]],
    [
      ['0000', 'R', 'cancelled', null],
      ['a', 'a', 'queued', null],
    ],
    [['a', 'a', 'skipped', null]],
  ])
})
