/** Why something that was sent is not kept. */
export const DROP_REASONS = [
  'rejected',
  'malformed',
  'too_large',
  'unsupported',
  'refused',
  'unavailable',
  'versions',
  'not_kept',
] as const

export type DropReason = (typeof DROP_REASONS)[number]

/** What a collector counts of itself. */
export interface Counters {
  /** Spans whose request was acknowledged, ours and others. */
  spans: number
  /** Records that were new to the store. */
  stored: number
  /** Records that the store had already. */
  repeated: number
  /** Spans or requests that were not kept, by reason. */
  dropped: Record<DropReason, number>
}

export function createCounters(): Counters {
  const dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Counters['dropped']
  return { spans: 0, stored: 0, repeated: 0, dropped }
}

/** Is told of everything that is not kept: why, how much, and a sentence about this case. */
export type DropListener = (reason: DropReason, count: number, message: string) => void

const HELP = {
  runspan_spans_accepted_total: 'Spans whose request was acknowledged.',
  runspan_records_stored_total: 'Records of workflow runs that were new.',
  runspan_records_repeated_total: 'Records of workflow runs that were there already.',
  runspan_dropped_total: 'Spans that were refused, and requests that were, by reason.',
} as const

/** The counters in the text form that Prometheus reads. */
export function toPrometheus(counters: Counters): string {
  const lines: string[] = []
  const add = (name: keyof typeof HELP, samples: readonly [labels: string, value: number][]) => {
    lines.push(`# HELP ${name} ${HELP[name]}`, `# TYPE ${name} counter`)
    for (const [labels, value] of samples) lines.push(`${name}${labels} ${value}`)
  }
  add('runspan_spans_accepted_total', [['', counters.spans]])
  add('runspan_records_stored_total', [['', counters.stored]])
  add('runspan_records_repeated_total', [['', counters.repeated]])
  add(
    'runspan_dropped_total',
    DROP_REASONS.map((reason) => [`{reason="${reason}"}`, counters.dropped[reason]]),
  )
  return `${lines.join('\n')}\n`
}
