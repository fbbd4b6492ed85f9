import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
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

  test('it warns of exactly those values of which a program that starts warns', async () => {
    const samples: Record<string, readonly [good: string, bad: string]> = {
      OTEL_SDK_DISABLED: ['false', '1'],
      RUNSPAN_DISABLED: ['0', 'yes'],
      OTEL_TRACES_EXPORTER: ['otlp', 'zipkin'],
      OTEL_METRICS_EXPORTER: ['none', 'prometheus'],
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: ['http/json', 'grpc'],
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: ['http/protobuf', 'grpc'],
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ['http://127.0.0.1:1', 'a.b'],
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: ['http://127.0.0.1:1', 'ftp://a'],
      OTEL_PROPAGATORS: ['baggage,none', 'baggage,b3'],
      OTEL_NODE_RESOURCE_DETECTORS: ['all', 'host,aws'],
      OTEL_TRACES_SAMPLER: ['traceidratio', 'sometimes'],
      OTEL_TRACES_SAMPLER_ARG: ['1', '2'],
      OTEL_BSP_MAX_QUEUE_SIZE: ['10', '-5'],
      OTEL_METRIC_EXPORT_INTERVAL: ['10', 'soon'],
      RUNSPAN_ENDPOINT: ['http://127.0.0.1:1', 'collector'],
    }
    const pick = (which: 0 | 1, names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, samples[name]?.[which] ?? '']))
    const names = Object.keys(samples)
    // Where nothing is to be sent, nobody looks at where to. A sampler that is not known does not look at its argument.
    const isExporter = (name: string) => name.endsWith('S_EXPORTER')
    for (const [env, wrong] of [
      [pick(0, names), 0],
      [pick(1, names.filter(isExporter)), 2],
      [
        pick(
          1,
          names.filter((name) => !isExporter(name) && name !== 'OTEL_TRACES_SAMPLER_ARG'),
        ),
        12,
      ],
      [{ ...pick(1, ['OTEL_TRACES_SAMPLER_ARG']), OTEL_TRACES_SAMPLER: 'traceidratio' }, 1],
    ] as const) {
      const { said } = await ask(env)
      const warned = said.filter(({ text }) => text.includes('cannot be used')).map(({ check }) => check)
      const program = await warningsOfProgram(env)
      expect(warned.sort()).toEqual(names.filter((name) => program.some((line) => line.includes(`: ${name} `))).sort())
      expect(warned).toHaveLength(wrong)
    }
  })
})

/** What a program says that starts with these variables and ends at once. */
async function warningsOfProgram(env: Record<string, string>): Promise<string[]> {
  const program = "import { startRunspan } from '@runspan/node'; startRunspan({ results: false }); process.exit()"
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('../../../node', import.meta.url)),
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const chunks: Buffer[] = []
  for await (const chunk of child.stderr) chunks.push(chunk)
  return Buffer.concat(chunks).toString().split('\n')
}
