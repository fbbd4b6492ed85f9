import { describe, expect, test } from 'vitest'
import { readConfig } from './config.js'

const warned = (env: NodeJS.ProcessEnv) => readConfig(env).warnings

describe('OTEL_PROPAGATORS', () => {
  test.each([
    [undefined, ['tracecontext', 'baggage']],
    ['', ['tracecontext', 'baggage']],
    ['tracecontext', ['tracecontext']],
    [' baggage , tracecontext,baggage', ['baggage', 'tracecontext']],
    ['none', []],
    ['none,baggage', []],
  ])('%j gives %j without a word', (OTEL_PROPAGATORS, expected) => {
    expect(readConfig({ OTEL_PROPAGATORS })).toMatchObject({ propagators: expected, warnings: [] })
  })

  test('a word that is not known is named and left out, the others stay', () => {
    const { propagators, warnings } = readConfig({ OTEL_PROPAGATORS: 'b3,tracecontext,jaeger' })
    expect(propagators).toEqual(['tracecontext'])
    expect(warnings).toEqual([
      expect.stringMatching(/^OTEL_PROPAGATORS names "b3", which is not supported/),
      expect.stringMatching(/^OTEL_PROPAGATORS names "jaeger", which is not supported/),
    ])
  })
})

describe('the protocol', () => {
  test.each([
    [{}, 'http/protobuf', 'http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http/json', 'http/json'],
    [{ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }, 'http/json', 'http/protobuf'],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' },
      'http/protobuf',
      'http/json',
    ],
    [{ OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json' }, 'http/protobuf', 'http/json'],
  ])('of a signal goes before the one of all: %j', (env, tracesProtocol, metricsProtocol) => {
    expect(readConfig(env)).toMatchObject({ tracesProtocol, metricsProtocol, warnings: [] })
  })

  test('that is not supported is named by the variable that says it, once', () => {
    expect(warned({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toHaveLength(1)
    expect(warned({ OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'grpc' })).toEqual([
      expect.stringMatching(/^OTEL_EXPORTER_OTLP_METRICS_PROTOCOL is "grpc"/),
    ])
  })
})

describe('OTEL_METRIC_EXPORT_INTERVAL', () => {
  test('is a number of milliseconds, a minute by default', () => {
    expect(readConfig({}).metricIntervalMs).toBe(60_000)
    expect(readConfig({ OTEL_METRIC_EXPORT_INTERVAL: '250' })).toMatchObject({ metricIntervalMs: 250, warnings: [] })
  })

  test.each(['0', '-1', '1.5', 'soon', '2147483648'])('%j is named, and a minute is used', (value) => {
    const { metricIntervalMs, warnings } = readConfig({ OTEL_METRIC_EXPORT_INTERVAL: value })
    expect(metricIntervalMs).toBe(60_000)
    expect(warnings).toEqual([expect.stringMatching(/^OTEL_METRIC_EXPORT_INTERVAL is .* Using 60000\.$/)])
  })
})

describe('a variable that switches off', () => {
  test.each([
    [{ RUNSPAN_DISABLED: '1' }, true],
    [{ RUNSPAN_DISABLED: 'TRUE' }, true],
    [{ OTEL_SDK_DISABLED: 'True' }, true],
    [{ RUNSPAN_DISABLED: 'false', OTEL_SDK_DISABLED: 'false' }, false],
  ])('does so or not: %j', (env, disabled) => {
    expect(readConfig(env)).toMatchObject({ disabled, warnings: [] })
  })

  test('and says neither is named, with what it may say', () => {
    expect(readConfig({ RUNSPAN_DISABLED: 'yes', OTEL_SDK_DISABLED: '1' })).toMatchObject({
      disabled: false,
      warnings: [
        'RUNSPAN_DISABLED is "yes"; give true, 1, false or 0. Using false.',
        'OTEL_SDK_DISABLED is "1"; give true or false. Using false.',
      ],
    })
  })
})

describe('the address of spans', () => {
  test.each([
    [{}, undefined],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'http://localhost:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:1' }, 'http://a:1/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:1/base/' }, 'http://a:1/base/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a:1/own' }, 'http://a:1/own'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:1', OTEL_TRACES_EXPORTER: 'none' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://a' }, undefined],
  ])('is made as the standard says: %j', (env, tracesUrl) => {
    expect(readConfig(env).tracesUrl).toBe(tracesUrl)
  })
})
