import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api'
import { ATTR, quote } from '@runspan/results/core'
import { ExporterError } from './exporter-error.js'

/** OpenTelemetry's sampling decisions, by number. */
const NOT_RECORD = 0
const RECORD = 1

/** A sampler of OpenTelemetry's SDKs, as far as it is needed here. */
export interface SamplerLike {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): { decision: number; attributes?: Readonly<Attributes>; traceState?: any }
  toString(): string
}

/**
 * Makes every run recorded, so that its document is whole: a run that the delegate does not sample is recorded but not
 * sent. Spans of others, and what the delegate samples, stay as the delegate decides.
 *
 * @throws ExporterError when the delegate is no sampler.
 */
export function workflowSampler<S extends SamplerLike>(delegate: S): S {
  if (typeof (delegate as S | undefined)?.shouldSample !== 'function') {
    throw new ExporterError(
      'invalid_option',
      `workflowSampler was given ${quote(delegate)}; give a sampler, such as new AlwaysOnSampler().`,
    )
  }
  const sampler: SamplerLike = {
    shouldSample(...call) {
      const result = delegate.shouldSample(...call)
      return result.decision === NOT_RECORD && call[4]?.[ATTR.kind] !== undefined
        ? { ...result, decision: RECORD }
        : result
    },
    toString: () => `WorkflowSampler{${delegate.toString()}}`,
  }
  return sampler as S
}
