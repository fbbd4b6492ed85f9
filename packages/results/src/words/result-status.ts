import type { OutcomeWords, WordOf } from './vocabulary.js'
import { defineVocabulary } from './vocabulary.js'

const WORDS = {
  queued: 'queued',
  running: 'running',
  paused: 'paused',
  success: 'success',
  failed: 'failed',
  timed_out: 'timed_out',
  cancelled: 'cancelled',
  skipped: 'skipped',
  retry: 'retry',
  interrupted: 'interrupted',
} as const satisfies OutcomeWords

/** The `status` of a document's row: the outcome words themselves; `completed` and `failure` are read too. */
export const RESULT_STATUS = defineVocabulary('status', WORDS, WORDS, { completed: 'success', failure: 'failed' })

/** A `status` that a document's row has when we write it. */
export type ResultStatus = WordOf<typeof WORDS>
