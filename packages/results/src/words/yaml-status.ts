import type { OutcomeWords, WordOf } from './vocabulary.js'
import { defineVocabulary } from './vocabulary.js'

const WORDS = {
  queued: 'WAIT',
  running: 'WAIT',
  paused: 'WAIT',
  success: 'SUCCESS',
  failed: 'FAILED',
  timed_out: 'TIMEOUT',
  cancelled: 'CANCEL',
  skipped: 'SKIP',
  retry: 'FAILED',
  interrupted: 'FAILED',
} as const satisfies OutcomeWords

/** The status of a workflow, job or stage written in YAML; `WAIT` is whatever has not ended. */
export const YAML_STATUS = defineVocabulary('Status', WORDS, {
  WAIT: 'queued',
  SUCCESS: 'success',
  FAILED: 'failed',
  TIMEOUT: 'timed_out',
  CANCEL: 'cancelled',
  SKIP: 'skipped',
})

/** One of `WAIT SUCCESS FAILED TIMEOUT CANCEL SKIP`. */
export type YamlStatus = WordOf<typeof WORDS>
