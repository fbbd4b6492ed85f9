import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFailure, isTerminal, OUTCOME_WORDS } from '../core/outcome.js'
import { ACTIONS_STATUS, CICD_RESULT, JUNIT_RESULT, NEEDS_RESULT } from './ci.js'
import { ABSURD_TASK_STATE, WORKFLOW_RUN_STATUS } from './durable.js'
import { PIPELINE_STATUS, PIPELINE_TASK_STATUS } from './pipeline.js'
import { RESULT_STATUS } from './result-status.js'
import { TASK_STATUS } from './task-status.js'
import { defineVocabulary, fromWord, isWord, parseWord, toWord, type Vocabulary, wordsOf } from './vocabulary.js'
import { YAML_STATUS } from './yaml-status.js'

const ALL: Record<string, Vocabulary> = {
  RESULT_STATUS,
  WORKFLOW_RUN_STATUS,
  ABSURD_TASK_STATE,
  TASK_STATUS,
  YAML_STATUS,
  PIPELINE_STATUS,
  PIPELINE_TASK_STATUS,
  ACTIONS_STATUS,
  NEEDS_RESULT,
  CICD_RESULT,
  JUNIT_RESULT,
}

describe.each(Object.entries(ALL))('%s', (_, vocabulary) => {
  test('every word comes back from the outcome it stands for', () => {
    for (const word of wordsOf(vocabulary)) expect(toWord(vocabulary, fromWord(vocabulary, word))).toBe(word)
  })

  test('every outcome has a word, unless it has not ended and the program speaks only of ends', () => {
    for (const outcome of OUTCOME_WORDS) {
      const word = toWord(vocabulary, outcome)
      if (word === null) expect(isTerminal(outcome)).toBe(false)
      else expect(wordsOf(vocabulary)).toContain(word)
    }
  })

  test('no failure is called a success, and nothing else is', () => {
    const success = toWord(vocabulary, 'success')
    for (const outcome of OUTCOME_WORDS) {
      if (outcome !== 'success') expect(toWord(vocabulary, outcome)).not.toBe(success)
    }
  })

  test('an end stays an end', () => {
    for (const outcome of OUTCOME_WORDS) {
      const word = toWord(vocabulary, outcome)
      if (word !== null) expect(isTerminal(fromWord(vocabulary, word))).toBe(isTerminal(outcome))
    }
  })

  test('an alias is read and never written', () => {
    for (const [alias, outcome] of Object.entries(vocabulary.aliases)) {
      expect(fromWord(vocabulary, alias)).toBe(outcome)
      expect(isWord(vocabulary, alias)).toBe(false)
      expect(Object.values(vocabulary.words)).not.toContain(alias)
    }
  })

  test('any other text is refused by name, also those that every object has', () => {
    const strange = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', ' running', 'RUNNING '),
    )
    fc.assert(
      fc.property(strange, (word) => {
        fc.pre(!wordsOf(vocabulary).includes(word) && !Object.keys(vocabulary.aliases).includes(word))
        expect(isWord(vocabulary, word)).toBe(false)
        expect(() => fromWord(vocabulary, word)).toThrow(expect.objectContaining({ code: 'unknown_word' }))
        expect(() => parseWord(vocabulary, word)).toThrow(wordsOf(vocabulary).join(', '))
      }),
    )
  })
})

test('an unknown word is quoted, with what is allowed and where it stood', () => {
  expect(() => parseWord(TASK_STATUS, 'done', '$.status')).toThrow(
    expect.objectContaining({
      code: 'unknown_word',
      path: '$.status',
      message:
        '"done" is not a valid TaskStatus; use one of pending, running, completed, cancelled, timed_out, failed.',
    }),
  )
  for (const value of [null, undefined, 5, {}, ['pending'], Symbol('pending')]) {
    expect(() => parseWord(TASK_STATUS, value)).toThrow(expect.objectContaining({ code: 'unknown_word' }))
  }
})

test('a failed outcome is a failed word in the vocabularies of runs and tasks', () => {
  const ofRuns: Vocabulary[] = [WORKFLOW_RUN_STATUS, TASK_STATUS, YAML_STATUS, PIPELINE_STATUS, PIPELINE_TASK_STATUS]
  for (const vocabulary of ofRuns) {
    for (const outcome of OUTCOME_WORDS.filter(isFailure)) {
      expect(isFailure(fromWord(vocabulary, toWord(vocabulary, outcome) as string))).toBe(true)
    }
  }
})

test("the words of the other programs' documents stand for what they mean there", () => {
  expect(wordsOf(WORKFLOW_RUN_STATUS)).toEqual(['pending', 'running', 'completed', 'failed', 'cancelled'])
  expect(wordsOf(TASK_STATUS)).toEqual(['pending', 'running', 'completed', 'cancelled', 'timed_out', 'failed'])
  expect(wordsOf(PIPELINE_STATUS)).toEqual(['pending', 'running', 'paused', 'completed', 'failed', 'cancelled'])
  expect(wordsOf(PIPELINE_TASK_STATUS)).toEqual(['pending', 'running', 'completed', 'failed', 'skipped'])
  expect(wordsOf(YAML_STATUS)).toEqual(['WAIT', 'SUCCESS', 'FAILED', 'TIMEOUT', 'CANCEL', 'SKIP'])
  expect(wordsOf(NEEDS_RESULT)).toEqual(['success', 'failure', 'cancelled', 'skipped'])
  expect(wordsOf(CICD_RESULT)).toEqual(['success', 'failure', 'error', 'timeout', 'cancellation', 'skip'])
  expect(fromWord(RESULT_STATUS, 'completed')).toBe('success')
  expect(fromWord(RESULT_STATUS, 'failure')).toBe('failed')
  expect(fromWord(TASK_STATUS, 'success')).toBe('success')
  expect(fromWord(TASK_STATUS, 'error')).toBe('failed')
  expect(toWord(ABSURD_TASK_STATE, 'paused')).toBe('sleeping')
  expect(toWord(ABSURD_TASK_STATE, 'timed_out')).toBe('cancelled')
  expect(toWord(YAML_STATUS, 'timed_out')).toBe('TIMEOUT')
  expect(toWord(YAML_STATUS, 'running')).toBe('WAIT')
  expect(toWord(CICD_RESULT, 'interrupted')).toBe('error')
  expect(toWord(CICD_RESULT, 'running')).toBeNull()
  expect(toWord(JUNIT_RESULT, 'retry')).toBe('skipped')
})

test('the status words of our own documents are the ten outcomes', () => {
  expect(wordsOf(RESULT_STATUS)).toEqual(OUTCOME_WORDS)
})

test('the type of a word follows from the outcome', () => {
  const timeout: 'timed_out' = toWord(TASK_STATUS, 'timed_out')
  const none: null = toWord(CICD_RESULT, 'running')
  expect([timeout, none]).toEqual(['timed_out', null])
})

test('a table without one of the outcomes, or a word that cannot be read back, does not compile', () => {
  const { queued: _, ...short } = TASK_STATUS.words
  // @ts-expect-error there is no word for queued
  const missing = defineVocabulary('short', short, TASK_STATUS.outcomes)
  // @ts-expect-error there is no outcome for timed_out
  const unread = defineVocabulary('unread', TASK_STATUS.words, WORKFLOW_RUN_STATUS.outcomes)
  expect([missing.name, unread.name]).toEqual(['short', 'unread'])
})
