import { describe, expect, test } from 'vitest'
import { ask } from './doctor.testsuite.js'

describe('runspan doctor, of variables', () => {
  test('what turns tracking off, leaves traces out or cannot be used is warned of, by name', async () => {
    const { code, said } = await ask({
      OTEL_SDK_DISABLED: 'true',
      RUNSPAN_DISABLED: '1',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.01',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_BSP_MAX_QUEUE_SIZE: 'lots',
      OTEL_METRICS_EXPORTER: 'prometheus',
      RUNSPAN_ENDPOINT: 'ftp://user:hunter2@h/x',
      RUNSPAN_PORT: '70000',
    })
    expect(code).toBe(0)
    const fixes = Object.fromEntries(said.filter(({ state }) => state === 'warn').map(({ check, fix }) => [check, fix]))
    expect(fixes).toMatchObject({
      OTEL_SDK_DISABLED: 'unset OTEL_SDK_DISABLED',
      RUNSPAN_DISABLED: 'unset RUNSPAN_DISABLED',
      OTEL_TRACES_SAMPLER: 'export OTEL_TRACES_SAMPLER=parentbased_always_on',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
      OTEL_BSP_MAX_QUEUE_SIZE: 'unset OTEL_BSP_MAX_QUEUE_SIZE',
      OTEL_METRICS_EXPORTER: 'unset OTEL_METRICS_EXPORTER',
      RUNSPAN_ENDPOINT: 'export RUNSPAN_ENDPOINT=http://localhost:4318',
      RUNSPAN_PORT: 'unset RUNSPAN_PORT',
    })
    expect(fixes).not.toHaveProperty('OTEL_TRACES_SAMPLER_ARG')
    expect(JSON.stringify(said)).not.toContain('hunter2')
  })

  test('values that are as they should be are not complained of', async () => {
    const { of } = await ask({
      OTEL_SDK_DISABLED: 'false',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '1',
      OTEL_EXPORTER_OTLP_TIMEOUT: '0',
      OTEL_SERVICE_NAME: 'anything at all',
    })
    expect(of('variables')?.state).toBe('ok')
  })
})
