import { quote, ResultsError } from '../core/results-error.js'

/** What is executed, as the caller describes it. */
export interface PipelineSpec {
  /** @default the name */
  id?: string | undefined
  name: string
  /** The ids of its tasks, or things with an `id`, or an object or map keyed by them. */
  tasks?: Iterable<string | { readonly id: string }> | ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>
}

/** What is executed. */
export interface Pipeline {
  readonly id: string
  readonly name: string
}

/** Reads a caller's pipeline. @throws ResultsError `invalid_value` for a name or task id that is no text. */
export function parsePipeline(spec: PipelineSpec): { pipeline: Pipeline; taskIds: ReadonlySet<string> } {
  if (typeof spec !== 'object' || spec === null) throw wrong('$', spec, 'an object with name and tasks')
  const { name, id = name } = spec
  if (typeof name !== 'string') throw wrong('$.name', name, 'a text')
  if (typeof id !== 'string') throw wrong('$.id', id, 'a text')
  const taskIds = new Set<string>()
  for (const task of toTaskIds(spec.tasks ?? [])) {
    if (typeof task !== 'string') throw wrong(`$.tasks[${taskIds.size}]`, task, 'the text of its id')
    taskIds.add(task)
  }
  return { pipeline: Object.freeze({ id, name }), taskIds }
}

function* toTaskIds(tasks: NonNullable<PipelineSpec['tasks']>): Iterable<unknown> {
  if (typeof tasks !== 'object') throw wrong('$.tasks', tasks, 'a list of task ids')
  if (tasks instanceof Map) return yield* tasks.keys()
  if (!(Symbol.iterator in tasks)) return yield* Object.keys(tasks)
  for (const task of tasks as Iterable<string | { readonly id: string } | null>) {
    yield typeof task === 'object' && task !== null ? task.id : task
  }
}

function wrong(path: string, value: unknown, wanted: string): ResultsError {
  return new ResultsError('invalid_value', `${path} of a pipeline is ${quote(value)}; give ${wanted}.`, { path })
}
