import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readGolden, thrownBy } from './golden.testsuite.js'
import { WorkflowResultManager } from './manager.js'
import { WorkflowExecutionResults } from './results.js'
import { VALID_STATUSES, WorkflowExecutionStatus } from './status.js'

function three(): WorkflowResultManager {
  const manager = new WorkflowResultManager()
  manager.add('1', 'First', 'success', 'm1')
  manager.add('2', 'Second', 'failed', 'm2', 404)
  manager.add('3', 'Third', 'running', 'm1')
  return manager
}

const ids = (statuses: Iterable<WorkflowExecutionStatus>): string[] => [...statuses].map((status) => status.run_id)
const status = (fields = {}): WorkflowExecutionStatus =>
  new WorkflowExecutionStatus({ run_id: '5', title: 't', status: 's', mode: 'm', ...fields })

const OURS: Readonly<Record<string, () => unknown>> = {
  'empty: length': () => new WorkflowResultManager().length,
  'empty: iterate': () => [...new WorkflowResultManager()],
  'three: length': () => three().length,
  'three: iterate run_id': () => ids(three()),
  'three: [0]': () => three()[0]?.run_id,
  'three: [2]': () => three()[2]?.run_id,
  'three: [-1]': () => three().at(-1)?.run_id,
  'three: [-3]': () => three().at(-3)?.run_id,
  'three: [1:]': () => ids([...three()].slice(1)),
  'three: [::-1]': () => ids([...three()].reverse()),
  'three: str equals repr': () => String(three()) === inspect(three()),
  'add: failing add leaves the manager as it was': () => {
    const manager = three()
    const error = thrownBy(() => manager.add(null as unknown as string, 't', 's', 'm')) as Error
    return { error: error.name.replace('ResultsError', 'ValidationError'), length_after: manager.length }
  },
  'addStatus: same object kept': () => {
    const [manager, added] = [three(), status()]
    manager.addStatus(added)
    added.title = 'later'
    return { identical: manager[3] === added, title: manager.at(3)?.title }
  },
  'iterate while adding': () => {
    const manager = new WorkflowResultManager()
    manager.add('1', 't', 's', 'm')
    let visited = 0
    for (const _ of manager) {
      visited += 1
      if (manager.length < 3) manager.add('2', 't', 's', 'm')
    }
    return { visited, length: manager.length }
  },
  'container of two': () => new WorkflowExecutionResults({ statuses: [status(), status()] }).statuses.length,
  'round trip keeps the text': () => WorkflowResultManager.fromJson(three().toJson()).toJson() === three().toJson(),
}

describe('the manager as a collection', () => {
  const cases = readGolden<{ input: string; output: unknown }>('s0-manager').filter(({ input }) => input in OURS)

  it('S0.5 S0.6 S0.7 S0.8 S0.11 S0.12 S0.13 every claim made here is one of the original', () => {
    expect(cases.map(({ input }) => input).sort()).toEqual(Object.keys(OURS).sort())
  })

  it.each(cases)('S0.5 S0.6 S0.7 S0.8 S0.11 S0.12 S0.13 as in the original: $input', ({ input, output }) => {
    expect(OURS[input]?.()).toEqual(output)
  })

  it('S0.6 a new manager is empty', () => {
    const manager = new WorkflowResultManager()
    expect([manager.length, [...manager], manager.toJson()]).toEqual([0, [], '{\n  "statuses": []\n}'])
  })

  it('S0.7 add takes its values by place and gives nothing back', () => {
    const manager = new WorkflowResultManager()
    expect(manager.add('7', 'Load', 'failed', 'in', 500, 'boom', '/out', 'at x')).toBeUndefined()
    expect({ ...manager[0] }).toEqual({
      run_id: '0007',
      title: 'Load',
      status: 'failed',
      mode: 'in',
      error_code: 500,
      error_message: 'boom',
      target: '/out',
      stacktrace: 'at x',
    })
  })

  it('S0.7 a value that is missing is refused', () => {
    const values = ['1', 't', 's'] as unknown as [string, string, string, string]
    expect(thrownBy(() => three().add(...values))).toMatchObject({
      code: 'invalid_value',
      path: '$.mode',
    })
  })

  it('S0.8 what is no status is refused', () => {
    const manager = new WorkflowResultManager()
    expect(thrownBy(() => manager.addStatus({ ...status() } as WorkflowExecutionStatus))).toMatchObject({
      code: 'invalid_value',
      message: '$ is an object; allowed is a WorkflowExecutionStatus: make one of the fields.',
    })
    expect(manager.length).toBe(0)
  })

  it('S0.13 a place beyond the end is undefined, and a place cannot be written to', () => {
    const manager = three()
    expect([manager[3], manager.at(3), manager.at(-4)]).toEqual([undefined, undefined, undefined])
    expect(() => Object.assign(manager, { 0: status() })).toThrow(TypeError)
    expect(Object.keys(manager)).toEqual([])
  })

  it('S0.14 the text names the classes and shows the content', () => {
    const manager = new WorkflowResultManager()
    expect(String(manager)).toBe('WorkflowResultManager(WorkflowExecutionResults(statuses: []))')
    manager.addStatus(status())
    expect(`${manager}`).toBe(
      'WorkflowResultManager(WorkflowExecutionResults(statuses: [WorkflowExecutionStatus(run_id: "0005", title: "t", ' +
        'status: "s", mode: "m", error_code: null, error_message: null, target: null, stacktrace: null)]))',
    )
    expect(inspect({ manager }, { depth: 0 })).toContain('run_id: "0005"')
    expect(inspect(new WorkflowExecutionResults({ statuses: [] }))).toBe('WorkflowExecutionResults(statuses: [])')
  })

  it('S0.4 a manager checks the words only when it is told which', () => {
    const manager = new WorkflowResultManager({ allowedStatuses: VALID_STATUSES })
    manager.add('1', 't', 'queued', 'm')
    expect(thrownBy(() => manager.add('2', 't', 'completed', 'm'))).toMatchObject({ code: 'unknown_word' })
    expect(manager.length).toBe(1)
  })

  it('JSON.stringify sees the document', () => {
    expect(JSON.stringify(three(), null, 2)).toBe(three().toJson())
  })
})

describe('the container', () => {
  it('S0.5 keeps the statuses it is given, equal ones being equal', () => {
    const statuses = [status(), status({ run_id: '6' })]
    const results = new WorkflowExecutionResults({ statuses })
    expect(results.statuses).toBe(statuses)
    expect([...results]).toEqual(statuses)
    expect(results).toEqual(new WorkflowExecutionResults({ statuses: [...statuses] }))
    expect(status()).toEqual(status())
    expect(JSON.stringify(results)).toBe(JSON.stringify({ statuses }))
  })

  it.each([
    ['missing', {}, '$.statuses is missing; allowed is an array of statuses.'],
    ['a text', { statuses: '[]' }, '$.statuses is "[]"; allowed is an array of statuses.'],
    [
      'of other things',
      { statuses: [status(), 5] },
      '$.statuses[1] is 5; allowed is a WorkflowExecutionStatus: make one of the fields.',
    ],
  ])('S0.5 statuses that are %s are refused', (_what, fields, message) => {
    expect(thrownBy(() => new WorkflowExecutionResults(fields as never))).toMatchObject({
      code: 'invalid_value',
      message,
    })
  })
})

describe('the patterns of the seed', () => {
  function run(step: () => string): WorkflowResultManager {
    const manager = new WorkflowResultManager()
    manager.add('1', 'Data Validation', 'success', 'validation', null, null, '/data/validated')
    try {
      manager.add('2', 'Data Transformation', 'success', 'transformation', null, null, step())
    } catch (error) {
      const { message, stack = null } = error as Error
      manager.add('2', 'Data Transformation', 'failed', 'transformation', 500, message, null, stack)
    }
    return manager
  }

  it('S0.15 S0.37 one status for each step, and a line for each in the summary', () => {
    const manager = run(() => {
      throw new Error('no rows')
    })
    const lines = [...manager].map((row) => `  ${row.run_id}: ${row.title} - ${row.status}`)
    expect(lines).toEqual(['  0001: Data Validation - success', '  0002: Data Transformation - failed'])
    expect(manager[1]).toMatchObject({ error_code: 500, error_message: 'no rows', target: null })
    expect(manager[1]?.stacktrace).toMatch(/^Error: no rows\n +at /)
    expect(WorkflowResultManager.fromJson(manager.toJson())).toHaveLength(2)
  })

  it('S0.15 a step that succeeds has its target', () => {
    expect(run(() => '/data/transformed')[1]).toMatchObject({ status: 'success', target: '/data/transformed' })
  })

  it('S0.36 ids by date and sequence, ids by type, and targets are kept as given', () => {
    const manager = new WorkflowResultManager()
    const title = 'Customer Data ETL Pipeline - Weekly Batch'
    manager.add('20250115_001', title, 'success', 'etl', null, null, '/exports/customer_data_2025_01_15.csv')
    manager.add('validation_3', 'Check', 'success', 'validation')
    expect(ids(manager)).toEqual(['20250115_001', 'validation_3'])
    expect(manager[0]).toMatchObject({ title, target: '/exports/customer_data_2025_01_15.csv' })
  })
})
