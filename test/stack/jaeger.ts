import { readJson } from './program.js'

/** A span as Jaeger shows it, with its tags as an object. */
export interface JaegerSpan {
  readonly id: string
  readonly parent: string | undefined
  readonly name: string
  readonly tags: Readonly<Record<string, unknown>>
  readonly service: string
  readonly events: readonly Readonly<Record<string, unknown>>[]
}

interface Answer {
  readonly data: readonly {
    readonly spans: readonly {
      readonly spanID: string
      readonly operationName: string
      readonly processID: string
      readonly references: readonly { readonly refType: string; readonly spanID: string }[]
      readonly tags: readonly Tag[]
      readonly logs: readonly { readonly fields: readonly Tag[] }[]
    }[]
    readonly processes: Readonly<Record<string, { readonly serviceName: string }>>
  }[]
}

interface Tag {
  readonly key: string
  readonly value: unknown
}

/** The spans of a trace; undefined while Jaeger does not know it. */
export async function readTrace(api: string, traceId: string): Promise<JaegerSpan[] | undefined> {
  const answer = await readJson<Answer>(`${api}/api/traces/${traceId}`)
  return answer?.data[0] && toSpans(answer)
}

/** The spans of a service's traces that match these tags. */
export async function findSpans(api: string, service: string, tags: Readonly<Record<string, string>> = {}) {
  const url = new URL('/api/traces', api)
  url.searchParams.set('service', service)
  url.searchParams.set('limit', '1000')
  url.searchParams.set('lookback', '1h')
  url.searchParams.set('start', `${(Date.now() - 3_600_000) * 1000}`)
  url.searchParams.set('end', `${(Date.now() + 60_000) * 1000}`)
  if (Object.keys(tags).length > 0) url.searchParams.set('tags', JSON.stringify(tags))
  const answer = await readJson<Answer>(url)
  return answer === undefined ? [] : toSpans(answer)
}

function toSpans(answer: Answer): JaegerSpan[] {
  return answer.data.flatMap(({ spans, processes }) =>
    spans.map((span) => ({
      id: span.spanID,
      parent: span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID,
      name: span.operationName,
      tags: toObject(span.tags),
      service: processes[span.processID]?.serviceName ?? '',
      events: span.logs.map(({ fields }) => toObject(fields)),
    })),
  )
}

const toObject = (tags: readonly Tag[]) => Object.fromEntries(tags.map(({ key, value }) => [key, value]))
