import * as z from 'zod/mini'
import { MAX_RUN_ID } from '../core/run-id.js'
import { detailShape, stepShape, time } from './detail.js'
import { reportSchema } from './report.js'
import { rowSchema } from './row.js'

const NUMERIC_ID = /^(0\d{3}|[1-9]\d{3,}|-0\d\d|-[1-9]\d{2,})$/

interface Published {
  readonly $id: string
  readonly title: string
  readonly schema: z.ZodMiniType
}

const stepNode = z.object({
  ...stepShape,
  get steps(): z.ZodMiniType {
    return z.array(stepNode)
  },
})

const row = z.extend(rowSchema, { run_id: z.string().check(z.minLength(1), z.maxLength(MAX_RUN_ID)) })
const results = z.object({ statuses: z.array(row) })
const strictRow = z.extend(rowSchema, { run_id: z.string().check(z.regex(NUMERIC_ID)) })
const counts = z.int().check(z.nonnegative())

const detailedReport = z.object({
  summary: z.object({
    workflow_name: z.string(),
    start_time: time,
    total_steps: counts,
    successful_steps: counts,
    failed_steps: counts,
    retry_attempts: counts,
    success_rate: z.number().check(z.minimum(0), z.maximum(100)),
    execution_details: z.array(
      z.object({
        run_id: z.string(),
        title: z.string(),
        status: z.string(),
        mode: z.string(),
        has_errors: z.boolean(),
      }),
    ),
  }),
  detailed_results: z.string(),
})

/** The published forms, by the name of their file. */
const PUBLISHED: Readonly<Record<string, Published>> = {
  'results.json': { $id: 'urn:runspan:results:1', title: 'Workflow execution results', schema: results },
  'results.strict.json': {
    $id: 'urn:runspan:results.strict:1',
    title: 'Workflow execution results whose ids are all numbers',
    schema: z.object({ statuses: z.array(strictRow) }),
  },
  'document.json': {
    $id: 'urn:runspan:document:1',
    title: 'Workflow execution results with the run, the tree of its steps and their provenance (runspan.document/1)',
    schema: z.object({ statuses: z.array(row), ...detailShape, steps: z.array(stepNode) }),
  },
  'report.json': {
    $id: 'urn:runspan:report:1',
    title: 'What the reports of one or many runs are made of (runspan.report/1)',
    schema: reportSchema,
  },
  'detailed-report.json': {
    $id: 'urn:runspan:detailed-report:1',
    title: 'A summary, and the workflow execution results as JSON text',
    schema: detailedReport,
  },
}

/**
 * The JSON Schemas (draft 2020-12) of what is written, by file name. Keys not named in them are allowed everywhere:
 * later versions of the same schema may add some, and readers leave them out.
 */
export function buildJsonSchemas(): Record<string, object> {
  const files = Object.entries(PUBLISHED).map(([file, { $id, title, schema }]) => {
    const { $schema, ...body } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any', override: openUp })
    return [file, { $schema, $id, title, ...body }] as const
  })
  return Object.fromEntries(files)
}

/** An object of ours is never closed, and a written row has no defaults: all its keys are there. */
function openUp({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  delete jsonSchema.additionalProperties
  delete jsonSchema.default
}
