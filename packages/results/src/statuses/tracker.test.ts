import { describe, expect, it } from 'vitest'
import type { StatusRow } from '../core/document.js'
import { readGolden } from './golden.testsuite.js'
import { parseResults } from './read.js'
import { createStepTracker, type StepTracker } from './tracker.js'

interface Step {
  id: string
  name: string
  outcomes: string[]
  mode?: string
  max_retries?: number
}

interface TrackerCase {
  input: { workflow_name: string; steps: Step[] }
  output?: string[]
  error?: { type: string; message: string }
  statuses: (Omit<StatusRow, 'stacktrace'> & { stacktrace: null | { last_line: string } })[]
  printed: string[]
  sleeps: number[]
  summary: Record<string, unknown>
}

const START = new Date('2026-11-21T09:30:00.123Z')

function setUp(workflowName = 'Nightly'): { tracker: StepTracker; printed: string[]; waited: number[] } {
  const printed: string[] = []
  const waited: number[] = []
  const tracker = createStepTracker({
    workflowName,
    now: () => START,
    wait: async (milliseconds) => waited.push(milliseconds),
    print: (line) => printed.push(line),
  })
  return { tracker, printed, waited }
}

/** A step that goes through the golden's outcomes: `!Kind:message` throws, `!errno:2:text` throws with that errno. */
function play(outcomes: readonly string[]): () => string {
  const left = [...outcomes]
  return () => {
    const outcome = left.shift() as string
    if (!outcome.startsWith('!')) return outcome
    const [kind, ...rest] = outcome.slice(1).split(':')
    if (kind !== 'errno') throw Object.assign(new Error(rest.join(':')), { name: kind })
    throw Object.assign(new Error(`[Errno ${rest[0]}] ${rest[1]}`), { errno: Number(rest[0]) })
  }
}

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('nothing was thrown'),
    (thrown) => thrown,
  )
}

describe('the retrying step tracker', () => {
  const cases = readGolden<TrackerCase>('s0-tracker')

  it.each(cases)('S0.16 S0.17 S0.18 S0.19 S0.20 S0.21 S0.22 does as the original does: case %#', async (golden) => {
    const { tracker, printed, waited } = setUp(golden.input.workflow_name)
    const output: string[] = []
    let thrown: Error | undefined
    for (const { id, name, outcomes, mode, max_retries } of golden.input.steps) {
      try {
        output.push(await tracker.executeStep(id, name, play(outcomes), mode, max_retries))
      } catch (error) {
        thrown = error as Error
        break
      }
    }
    expect(thrown?.message).toBe(golden.error?.message)
    if (golden.output !== undefined) expect(output).toEqual(golden.output)
    expect(printed).toEqual(golden.printed)
    expect(waited).toEqual(golden.sleeps.map((seconds) => seconds * 1_000))
    const statuses = [...tracker.manager].map(({ stacktrace, ...row }) => ({ ...row, hasStack: stacktrace !== null }))
    expect(statuses).toEqual(
      golden.statuses.map(({ stacktrace, ...row }) => ({ ...row, hasStack: stacktrace !== null })),
    )
    const { 'execution_details has_errors': hasErrors, ...numbers } = golden.summary
    expect(tracker.summary()).toEqual({
      ...numbers,
      start_time: START.toISOString(),
      execution_details: golden.statuses.map(({ run_id, title, status, mode }, index) => ({
        run_id,
        title,
        status,
        mode,
        has_errors: (hasErrors as boolean[])[index],
      })),
    })
  })

  it('S0.16 a step has three retries and the mode "default" unless its caller says', async () => {
    const { tracker, waited } = setUp()
    let calls = 0
    const error = new Error('always')
    const step = (): never => {
      calls += 1
      throw error
    }
    expect(await rejectionOf(tracker.executeStep('1', 'Load', step))).toBe(error)
    expect([calls, waited]).toEqual([4, [1_000, 2_000, 4_000]])
    expect(tracker.manager.at(-1)).toMatchObject({ mode: 'default', status: 'failed' })
  })

  it('S0.16 an async step is awaited, and its rejection is a failure', async () => {
    const { tracker } = setUp()
    const outcomes = play(['!Error:late', 'done'])
    expect(await tracker.executeStep('1', 'Load', async () => outcomes(), 'm', 1)).toBe('done')
    expect([...tracker.manager].map((row) => row.status)).toEqual(['retry', 'success'])
  })

  it.each<[unknown, string | null]>([
    ['/out', '/out'],
    [7, '7'],
    [true, 'true'],
    [0, null],
    ['', null],
    [null, null],
    [undefined, null],
    [false, null],
    [[], null],
    [['a', 1], 'a,1'],
    [Symbol('s'), 'Symbol(s)'],
    [Object.create(null), null],
  ])('S0.17 the result %o has the target %o and is given back as it is', async (result, target) => {
    const { tracker } = setUp()
    expect(await tracker.executeStep('1', 'Load', () => result)).toBe(result)
    expect(tracker.manager[0]).toMatchObject({ status: 'success', target, error_code: null })
  })

  it('S0.18 a retry row has the raw id, no target and no stack', async () => {
    const { tracker } = setUp()
    await tracker.executeStep('7', 'Load', play(['!Error:x', 'ok']))
    expect({ ...tracker.manager[0] }).toEqual({
      run_id: '7_retry_0',
      title: 'Load (Retry 1)',
      status: 'retry',
      mode: 'default',
      error_code: 500,
      error_message: 'Attempt 1 failed: x',
      target: null,
      stacktrace: null,
    })
  })

  it('S0.19 the stack of the last failure is kept, and the code of the operating system without its sign', async () => {
    const { tracker } = setUp()
    const error = Object.assign(new Error('ENOENT: no such file'), { errno: -2, code: 'ENOENT' })
    const step = (): never => {
      throw error
    }
    expect(await rejectionOf(tracker.executeStep('1', 'Open', step, 'm', 0))).toBe(error)
    expect(tracker.manager[0]).toMatchObject({ error_code: 2, error_message: error.message })
    expect(tracker.manager[0]?.stacktrace?.startsWith('Error: ENOENT: no such file\n')).toBe(true)
  })

  it.each([null, undefined, 'text', 5, Symbol('s')])(
    'S0.19 the thrown value %s is thrown on as it is',
    async (value) => {
      const { tracker } = setUp()
      const step = (): never => {
        throw value
      }
      expect(await rejectionOf(tracker.executeStep('1', 'Open', step, 'm', 0))).toBe(value)
      expect(tracker.manager[0]).toMatchObject({ status: 'failed', error_code: 500, stacktrace: null })
    },
  )

  it.each([
    ['an empty id', '', 0, 'invalid_run_id'],
    ['a blank id', ' ', 0, 'invalid_run_id'],
    ['an id that is no text', 1, 0, 'invalid_run_id'],
    ['an id too long for its retries', 'x'.repeat(250), 3, 'invalid_run_id'],
    ['a negative number of retries', '1', -1, 'invalid_value'],
    ['half a retry', '1', 0.5, 'invalid_value'],
    ['endless retries', '1', Infinity, 'invalid_value'],
  ])('S0.16 %s is refused before the step runs', async (_what, id, retries, code) => {
    const { tracker, printed } = setUp()
    const step = (): never => expect.fail('the step ran')
    expect(await rejectionOf(tracker.executeStep(id as string, 'Load', step, 'm', retries))).toMatchObject({ code })
    expect([printed, tracker.manager.length]).toEqual([[], 0])
  })

  it('S0.21 the summary is of this moment, and its start that of the tracker', async () => {
    let now = START
    const options = { workflowName: 'w', now: () => now, wait: () => {}, print: () => {} }
    const tracker = createStepTracker(options)
    now = new Date(0)
    expect(tracker.summary()).toMatchObject({ start_time: START.toISOString(), total_steps: 0 })
    await tracker.executeStep('1', 'Load', () => 'ok')
    expect(tracker.summary()).toMatchObject({ workflow_name: 'w', total_steps: 1, success_rate: 100 })
  })

  it('S0.21 has_errors follows the code, also a code of 0', () => {
    const { tracker } = setUp()
    tracker.manager.add('1', 't', 'success', 'm', 0)
    tracker.manager.add('2', 't', 'timed_out', 'm', null, 'late')
    const { execution_details: details, failed_steps } = tracker.summary()
    expect(details.map((row) => row.has_errors)).toEqual([true, false])
    expect(failed_steps).toBe(1)
  })

  it('S0.23 S0.24 the detailed report holds the document as text, and is read as a document', async () => {
    const { tracker } = setUp()
    await tracker.executeStep('1', 'Load "x"', play(['!Error:é', 'ok']))
    const report = tracker.detailedReport()
    const value = { summary: tracker.summary(), detailed_results: tracker.manager.toJson() }
    expect(report).toBe(JSON.stringify(value, null, 2))
    expect(parseResults(report).statuses).toEqual([...tracker.manager])
  })

  it('S0.20 a printer that throws is no failure of the step', async () => {
    const fault = new Error('closed')
    const print = (line: string): void => {
      if (line.startsWith('✅')) throw fault
    }
    const tracker = createStepTracker({ workflowName: 'w', wait: () => {}, print })
    expect(await rejectionOf(tracker.executeStep('1', 'Load', () => 'ok'))).toBe(fault)
    expect([...tracker.manager].map((row) => row.status)).toEqual(['success'])
    expect(Number.isNaN(Date.parse(tracker.summary().start_time))).toBe(false)
  })
})
