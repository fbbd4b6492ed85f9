import { OUTCOME_WORDS } from '@runspan/results/core'
import { PAGE_SIZES } from './query.js'

const parameter = (name: string, description: string, schema: object) => ({ name, in: 'query', description, schema })
const flag = (name: string, description: string) => parameter(name, description, { type: 'string', enum: ['0', '1'] })
const answer = (description: string, type = 'application/json') => ({ description, content: { [type]: {} } })

const id = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'A run key (<trace id>-<span id>), or a run id.',
  schema: { type: 'string' },
}

const errors = {
  '400': answer('A parameter is wrong; the message names what is allowed.'),
  '401': answer('The bearer token is missing or wrong.'),
  '421': answer('The Host is not served here.'),
  '503': answer('Temporary trouble; try again after Retry-After.'),
}

const aRun = {
  ...errors,
  '300': answer('Several runs have this run id; they are listed.'),
  '404': answer('No such run is in this store.'),
}

/** The description of the API that is served with it; a test asks the server for every path in it. */
export const openApi = {
  openapi: '3.1.0',
  info: {
    title: 'Runspan collector',
    version: '1',
    description: 'Workflow runs and their result documents. Read only.',
  },
  paths: {
    '/api/runs': {
      get: {
        summary: 'Runs, the newest start first',
        parameters: [
          parameter('limit', 'Runs on a page.', { type: 'integer', enum: PAGE_SIZES, default: PAGE_SIZES[0] }),
          parameter('before', 'The "next" of an earlier page.', { type: 'string' }),
          parameter('workflow', 'Only runs of this workflow.', { type: 'string' }),
          parameter('outcome', 'Only runs that stand so.', { type: 'string', enum: OUTCOME_WORDS }),
          parameter('run', 'Only runs of this run id, inside other runs too.', { type: 'string' }),
          parameter('q', 'Only runs whose run id or key begins so, inside other runs too.', { type: 'string' }),
        ],
        responses: { '200': answer('{ runs: [...], next: text or null }'), ...errors },
      },
    },
    '/api/runs/{id}': {
      get: {
        summary: 'What is known of one run',
        parameters: [id],
        responses: { '200': answer('{ summary, run, provenance }'), ...aRun },
      },
    },
    '/api/runs/{id}/document': {
      get: {
        summary: 'The result document of one run, byte for byte',
        parameters: [
          id,
          flag('detail', 'With the run, the tree of steps and the provenance.'),
          flag('strict', 'With numeric ids only.'),
        ],
        responses: { '200': answer('The document.'), ...aRun },
      },
    },
    '/healthz': { get: { summary: 'Is it alive', responses: { '200': answer('ok', 'text/plain') } } },
    '/readyz': {
      get: {
        summary: 'Can it store what comes',
        responses: { '200': answer('ok', 'text/plain'), '503': answer('It cannot store now.') },
      },
    },
    '/metrics': {
      get: {
        summary: 'What was taken and what was dropped, for Prometheus',
        responses: { '200': answer('', 'text/plain') },
      },
    },
  },
} as const
