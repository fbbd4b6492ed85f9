import { ATTR, type SpanRecord } from '@runspan/results/core'

const TRACE = '0af7651916cd43dd8448eb211c80319c'

const idOf = (n: number) => (n + 1).toString(16).padStart(16, '0')

/** A run of six steps, the fourth of which fails; started and ended records in no order. */
export function recordsOf(run: number): SpanRecord[] {
  const first = run * 100
  const key = `${TRACE}-${idOf(first)}`
  const record = (n: number, phase: 'started' | 'ended'): SpanRecord => {
    const failed = phase === 'ended' && (n === 0 || n === 4)
    const start = 1_763_000_000_000 + run * 60_000 + n * 100
    return {
      phase,
      seq: phase === 'ended' ? 1 : 0,
      traceId: TRACE,
      spanId: idOf(first + n),
      parentSpanId: n === 0 ? null : idOf(first),
      name: n === 0 ? 'etl' : `step ${n}`,
      start: `${start}000000`,
      end: phase === 'ended' ? `${start + (n === 0 ? 700 : 90)}000000` : null,
      status: failed ? 'error' : 'unset',
      attributes: {
        [ATTR.kind]: n === 0 ? 'run' : 'step',
        [ATTR.runKey]: key,
        [ATTR.name]: n === 0 ? 'etl' : `step ${n}`,
        ...(n === 0 ? { [ATTR.runId]: `run ${run}` } : { [ATTR.parentId]: idOf(first), [ATTR.ordinal]: n }),
        ...(phase === 'ended' ? { [ATTR.outcome]: failed ? 'failed' : 'success' } : {}),
        ...(failed ? { [ATTR.errorType]: 'Error', [ATTR.exceptionMessage]: `<b>row ${run} is bad</b>` } : {}),
      },
    }
  }
  const numbers = [0, 1, 2, 3, 4, 5, 6]
  return [...numbers.map((n) => record(n, 'ended')).reverse(), ...numbers.map((n) => record(n, 'started'))]
}
