import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node'
import { quote } from '@runspan/results/core'
import type { Config } from './config.js'

/** The sampler that `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` name; by default every trace is sampled. */
export function resolveSampler(config: Config, warn: (message: string) => void): Sampler {
  const named = config.sampler ?? 'parentbased_always_on'
  const root = rootSampler(named.replace(/^parentbased_/, ''), config.samplerArg, warn)
  if (root === undefined) {
    warn(
      `OTEL_TRACES_SAMPLER is ${quote(named)}, which is not known; use always_on, always_off, traceidratio or one of them behind parentbased_. Every trace is sampled.`,
    )
    return new ParentBasedSampler({ root: new AlwaysOnSampler() })
  }
  return named.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
}

function rootSampler(name: string, arg: string | undefined, warn: (message: string) => void): Sampler | undefined {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler()
    case 'always_off':
      return new AlwaysOffSampler()
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(readRatio(arg, warn))
    default:
      return undefined
  }
}

function readRatio(arg: string | undefined, warn: (message: string) => void): number {
  const ratio = arg === undefined ? 1 : Number(arg)
  if (ratio >= 0 && ratio <= 1) return ratio
  warn(`OTEL_TRACES_SAMPLER_ARG is ${quote(arg)}; give a number from 0 to 1. Every trace is sampled.`)
  return 1
}
