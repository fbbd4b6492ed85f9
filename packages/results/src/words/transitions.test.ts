import { describe, expect, test } from 'vitest'
import { isTerminal } from '../core/outcome.js'
import { WORKFLOW_RUN_STATUS } from './durable.js'
import { PIPELINE_STATUS, PIPELINE_TASK_STATUS } from './pipeline.js'
import { TASK_STATUS } from './task-status.js'
import {
  checkTransition,
  describeTransition,
  isTransition,
  nextWords,
  PIPELINE_TASK_TRANSITIONS,
  PIPELINE_TRANSITIONS,
  TASK_TRANSITIONS,
  type Transitions,
  WORKFLOW_RUN_TRANSITIONS,
} from './transitions.js'
import { fromWord, type Vocabulary, wordsOf } from './vocabulary.js'

const TABLES: [string, Vocabulary, Transitions<string>][] = [
  ['task', TASK_STATUS, TASK_TRANSITIONS],
  ['workflow run', WORKFLOW_RUN_STATUS, WORKFLOW_RUN_TRANSITIONS],
  ['pipeline', PIPELINE_STATUS, PIPELINE_TRANSITIONS],
  ['pipeline task', PIPELINE_TASK_STATUS, PIPELINE_TASK_TRANSITIONS],
]

describe.each(TABLES)('the transitions of a %s', (_, vocabulary, transitions) => {
  test('never lead out of an end', () => {
    for (const word of wordsOf(vocabulary)) {
      if (!isTerminal(fromWord(vocabulary, word))) continue
      expect(nextWords(transitions, word).filter((next) => next !== word)).toEqual([])
    }
  })

  test('know every word, and reach every word from the first', () => {
    const words = wordsOf(vocabulary)
    expect(Object.keys(transitions).sort()).toEqual([...words].sort())
    const reached = new Set([words[0] as string])
    for (const word of reached) for (const next of nextWords(transitions, word)) reached.add(next)
    expect([...reached].sort()).toEqual([...words].sort())
  })

  test('are refused exactly where the table has none, with what is allowed', () => {
    for (const from of wordsOf(vocabulary)) {
      for (const to of wordsOf(vocabulary)) {
        if (isTransition(transitions, from, to)) {
          expect(() => checkTransition(transitions, from, to)).not.toThrow()
          continue
        }
        const next = transitions[from]?.map((word) => word.toUpperCase()).join(', ') || 'none'
        expect(() => checkTransition(transitions, from, to)).toThrow(
          expect.objectContaining({
            code: 'invalid_transition',
            message: `Invalid status transition: ${from.toUpperCase()} → ${to.toUpperCase()}\nValid transitions from ${from.toUpperCase()}: ${next}`,
          }),
        )
      }
    }
  })
})

test('S2.3 a task goes from pending to running and from there to one of four ends, and nowhere else', () => {
  const possible = wordsOf(TASK_STATUS).flatMap((from) =>
    nextWords(TASK_TRANSITIONS, from).map((to) => `${from} ${to}`),
  )
  expect(possible.sort()).toEqual(
    ['pending running', 'running completed', 'running failed', 'running timed_out', 'running cancelled'].sort(),
  )
  expect(() => checkTransition(TASK_TRANSITIONS, 'pending', 'completed')).toThrow(
    'Invalid status transition: PENDING → COMPLETED\nValid transitions from PENDING: RUNNING',
  )
  expect(describeTransition(TASK_TRANSITIONS, 'pending', 'running')).toEqual([
    'Valid status transition: PENDING → RUNNING',
  ])
})

test('a workflow run can end without a start, and its end can be written again, but it never goes back', () => {
  expect(isTransition(WORKFLOW_RUN_TRANSITIONS, 'pending', 'completed')).toBe(true)
  expect(isTransition(WORKFLOW_RUN_TRANSITIONS, 'completed', 'completed')).toBe(true)
  expect(isTransition(WORKFLOW_RUN_TRANSITIONS, 'completed', 'pending')).toBe(false)
  expect(isTransition(WORKFLOW_RUN_TRANSITIONS, 'running', 'pending')).toBe(false)
})
