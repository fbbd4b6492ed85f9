import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ERROR_CATEGORY } from '../core/error-code.js'
import { checkDataConsistency, compareResults, validateResult } from './check.js'
import {
  describeErrorCode,
  diagnoseErrorCodes,
  ERROR_CODES,
  ErrorCode,
  errorClassOf,
  errorCodeByName,
  errorCodesOf,
  isErrorCodeFormat,
  parseErrorCode,
} from './error-code.js'
import { goldenCases } from './golden.testsuite.js'
import { validateModelsHealth } from './health.js'
import { ExecutionModelsLogger } from './logger.js'
import { convertOldResult, migrateResult } from './migrate.js'
import { ExecutionModelsMonitor } from './monitor.js'
import { processResults, toQueueResult } from './process.js'
import {
  diagnoseTaskTransition,
  nextTaskStatuses,
  parseTaskStatus,
  TASK_STATUS_DESCRIPTIONS,
  TASK_STATUSES,
  TaskStatus,
} from './status.js'
import { isStepName, parseStepName, toStepName } from './step-name.js'
import { TaskStepResult } from './step-result.js'

function toResult(dict: any): TaskStepResult {
  return TaskStepResult.fromDict({ completed: false, message: '', status: 'pending', ...dict })
}

function golden(name: string, input: unknown): any {
  const found = goldenCases(name).find((c) => JSON.stringify(c.input) === JSON.stringify(input))
  expect(found, JSON.stringify(input)).toBeDefined()
  return found
}

const enums = (input: string) => golden('s2-enums', input)

test('S2.1 there are six statuses, in order, as names and as values', () => {
  expect(Object.entries(TaskStatus)).toEqual(enums('statuses in order').output)
  expect(TASK_STATUSES).toEqual(Object.values(TaskStatus))
  expect(TaskStatus[enums("TaskStatus('timed_out')").output as 'TIMED_OUT']).toBe(parseTaskStatus('timed_out'))
  expect(TaskStatus.RUNNING).toBe(enums("TaskStatus['RUNNING']").output)
  expect(enums("TaskStatus('done')").error.type).toBe('ValueError')
  expect(() => parseTaskStatus('done')).toThrow('"done" is not a valid TaskStatus')
})

test('S2.2 every status says what it means', () => {
  expect(Object.keys(TASK_STATUS_DESCRIPTIONS)).toEqual(TASK_STATUSES)
  expect(TASK_STATUS_DESCRIPTIONS.timed_out).toBe('Execution timeout')
})

test('S2.3 the diagnosis of a transition names the ones that are possible', () => {
  expect(nextTaskStatuses('pending')).toEqual(['running'])
  expect(diagnoseTaskTransition('pending', 'completed')).toEqual([
    '❌ Invalid status transition: PENDING → COMPLETED',
    '   Valid transitions from PENDING: RUNNING',
  ])
  expect(diagnoseTaskTransition('pending', 'running')).toEqual(['✅ Valid status transition: PENDING → RUNNING'])
})

test('S2.4 there are seven error codes, in order, as names and as values', () => {
  expect(Object.entries(ErrorCode)).toEqual(enums('codes in order').output)
  expect(ERROR_CODES).toEqual(Object.values(ERROR_CATEGORY))
  expect(parseErrorCode('E005')).toBe(ErrorCode[enums("ErrorCode('E005')").output as 'RETRY_EXHAUSTED'])
  expect(ErrorCode.DATABASE_ERROR).toBe(enums("ErrorCode['DATABASE_ERROR']").output)
  expect(() => parseErrorCode('E008')).toThrow('"E008" is not a valid ErrorCode; use one of E001, E002')
})

test('S2.5 every error code says what it means', () => {
  expect(ERROR_CODES.map(describeErrorCode)).toEqual([
    'Parameter validation error',
    'Execution timeout error',
    'Execution error',
    'Cancellation error',
    'Retry exhausted error',
    'Database error',
    'DSL evaluation error',
  ])
})

test('S2.6 every error code has a class', () => {
  expect(errorCodesOf('client')).toEqual(['E001'])
  expect(errorCodesOf('timeout')).toEqual(['E002'])
  expect(errorCodesOf('execution')).toEqual(['E003'])
  expect(errorCodesOf('system')).toEqual(['E004', 'E005', 'E006', 'E007'])
  expect(errorClassOf('E006')).toBe('system')
})

test('S2.7 a code is found by its name, and its form can be checked', () => {
  const names =
    'validation_error timeout_error execution_error cancelled_error retry_exhausted database_error dsl_evaluation_error'
  expect(names.split(' ').map(errorCodeByName)).toEqual(ERROR_CODES)
  expect(() => errorCodeByName('oops')).toThrow(expect.objectContaining({ code: 'unknown_word' }))
  expect(() => errorCodeByName('__proto__')).toThrow('validation_error, timeout_error')
  expect(['E001', 'E999', 'E000'].every(isErrorCodeFormat)).toBe(true)
  expect(['', 'E01', 'E0001', 'e001', 'E001\n', 'XE001', 'E٠٠١', 1, null].some(isErrorCodeFormat)).toBe(false)
  expect(diagnoseErrorCodes()).toEqual(golden('s2-monitor', 'diagnose codes').output)
  expect(diagnoseErrorCodes(['E1'])).toEqual(['❌ Invalid error code format: E1'])
})

describe('S2.15 S2.16 the checks on a result find and print what the original does', () => {
  test.each(goldenCases('s2-checks').map((c) => [JSON.stringify(c.input), c] as const))('%s', (_, c) => {
    const printed: Record<string, string[]> = { validate_result: [], check_data_consistency: [] }
    const result = toResult(c.input)
    expect(validateResult(result, (line) => printed.validate_result?.push(line))).toBe(c.output.validate_result)
    expect(checkDataConsistency(result, (line) => printed.check_data_consistency?.push(line))).toBe(
      c.output.check_data_consistency,
    )
    expect(printed).toEqual(c.printed)
    expect(validateResult(result)).toBe(c.output.validate_result)
  })

  test('a result without a step is the first thing that both find', () => {
    const lines: string[] = []
    const result = new TaskStepResult({ step: '', result: null, completed: true })
    expect(validateResult(result, (line) => lines.push(line))).toBe(false)
    expect(checkDataConsistency(result, (line) => lines.push(line))).toBe(false)
    expect(lines).toEqual(['❌ Result missing step identifier', '❌ Missing step identifier'])
  })
})

test('S2.17 results are compared by step, completed and status alone', () => {
  for (const { input, output } of goldenCases('s2-compare')) {
    expect(compareResults(toResult(input[0]), toResult(input[1])), JSON.stringify(input)).toBe(output)
  }
  expect(compareResults(toResult({ step: 'a', result: 1 }), toResult({ step: 'b', result: 1 }))).toBe(false)
  const failed = { step: 's', result: null, status: 'failed' }
  expect(compareResults(toResult(failed), toResult({ ...failed, status: 'cancelled' }))).toBe(false)
})

test('S2.14 a list of results is counted and printed line by line', () => {
  for (const { input, output } of goldenCases('s2-process-results')) {
    const lines: string[] = []
    const counts = processResults(input.map(toResult), (line) => lines.push(line))
    expect(lines).toEqual(output)
    expect(lines.at(-1)).toBe(`Summary: ${counts.successful} successful, ${counts.failed} failed`)
    expect(processResults(input.map(toResult))).toEqual(counts)
  }
})

test('S2.20 a queue is told the status, and the code where there is one', () => {
  const cases = goldenCases('s2-convert').filter((c) => 'queue' in c.input)
  expect(cases.length).toBeGreaterThan(3)
  for (const { input, output } of cases) {
    const [status, code] = input.queue as ['completed', 'E006' | null]
    expect(JSON.stringify(toQueueResult(status, code))).toBe(JSON.stringify(output))
  }
})

describe('S2.22 old data is brought to version 1.1', () => {
  const cases = goldenCases('s2-convert').filter((c) => 'migrate' in c.input)
  test.each(cases.map((c) => [JSON.stringify(c.input.migrate), c] as const))('%s', (_, c) => {
    const before = JSON.stringify(c.input.migrate)
    expect(JSON.stringify(migrateResult(c.input.migrate))).toBe(JSON.stringify(c.output))
    expect(JSON.stringify(c.input.migrate)).toBe(before)
  })

  test('only the two old words change, and doing it twice changes nothing more', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (rest, status) => {
        const once = migrateResult({ ...rest, status, version: '1.0' })
        expect(once.version).toBe('1.1')
        expect(migrateResult(once)).toEqual(once)
        if (status !== 'success' && status !== 'error') expect(once.status).toEqual(status)
      }),
    )
    expect(migrateResult({ status: 'constructor' })).toEqual({ status: 'constructor', version: '1.1' })
  })

  test.each([null, [], 'x', 1])('%j is no data to migrate', (data) => {
    expect(() => migrateResult(data)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
  })
})

test('S2.23 the old form becomes a step result', () => {
  const old = { operation: 'data_processing', output: { rows: 1000 }, success: true, message: 'Processing completed' }
  expect(convertOldResult(old).toDict()).toEqual({
    step: 'data_processing',
    result: { rows: 1000 },
    completed: true,
    message: 'Processing completed',
    status: 'completed',
    error_code: null,
    error_message: null,
  })
  expect(convertOldResult({ ...old, success: false }).status).toBe('failed')
  for (const key of Object.keys(old)) {
    const { [key as 'output']: _, ...rest } = old
    expect(() => convertOldResult(rest)).toThrow(expect.objectContaining({ path: `$.${key}` }))
  }
  for (const bad of [{ operation: 1 }, { success: 'yes' }, { message: null }]) {
    expect(() => convertOldResult({ ...old, ...bad })).toThrow(
      expect.objectContaining({ code: 'invalid_value', path: `$.${Object.keys(bad)[0]}` }),
    )
  }
})

test('S2.21 the models check themselves, and say what is wrong when they are not what they should be', () => {
  const lines: string[] = []
  expect(validateModelsHealth((line) => lines.push(line))).toBe(true)
  expect(lines).toEqual(golden('s2-monitor', 'health').output)
  expect(validateModelsHealth()).toBe(true)
  lines.length = 0
  const broken = { TaskStatus, ErrorCode: { VALIDATION_ERROR: 'E100' }, TaskStepResult }
  expect(validateModelsHealth((line) => lines.push(line), broken)).toBe(false)
  expect(lines).toEqual([
    '✅ TaskStatus validation passed',
    '❌ Model validation failed: ErrorCode.VALIDATION_ERROR is "E100", not "E001"',
  ])
})

describe('S2.24 the monitor counts and times what is made', () => {
  const cases = goldenCases('s2-monitor').filter((c) => Array.isArray(c.input))
  test.each(cases.map((c) => [JSON.stringify(c.input), c] as const))('%s', (_, c) => {
    const monitor = new ExecutionModelsMonitor()
    for (const [kind, seconds] of c.input as ['status' | 'error_code' | 'result', number][]) {
      if (kind === 'status') monitor.recordStatusCreation(seconds)
      else if (kind === 'error_code') monitor.recordErrorCodeCreation(seconds)
      else monitor.recordResultCreation(seconds)
    }
    expect(monitor.creationMetrics).toEqual(c.output.creation_metrics)
    expect(monitor.getPerformanceReport()).toEqual(c.output.report)
  })

  test('a time that is none is refused and not counted', () => {
    const monitor = new ExecutionModelsMonitor()
    for (const seconds of [Number.NaN, -1, Number.POSITIVE_INFINITY, '1' as never]) {
      expect(() => monitor.recordStatusCreation(seconds)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
    }
    expect(monitor.creationMetrics.status_objects).toBe(0)
  })
})

test('S2.25 the logger writes a line per event', () => {
  const lines: [string, string][] = []
  const logger = new ExecutionModelsLogger({
    info: (line) => lines.push(['INFO', line]),
    error: (line) => lines.push(['ERROR', line]),
  })
  logger.logStatusCreation('timed_out')
  logger.logErrorCodeCreation('E006')
  logger.logValidationError(new Error('bad'), 'input')
  expect(lines).toEqual([
    ...golden('s2-monitor', 'log status timed_out').output,
    ...golden('s2-monitor', 'log code E006').output,
    ...golden('s2-monitor', "log validation error 'bad' in 'input'").output,
  ])
  logger.logResultCreation(TaskStepResult.success({ step: 'tool.op', result: 1 }))
  logger.logValidationError('text', 'x')
  expect(lines.slice(3)).toEqual([
    ['INFO', 'TaskStepResult created: tool.op - completed'],
    ['ERROR', 'Validation error in x: text'],
  ])
})

test('S2.27 a result that came in as JSON text is checked, typed and can be traced to its field', () => {
  const text = '{"step":"t.o","result":null,"completed":false,"message":"","status":"broken"}'
  expect(() => TaskStepResult.fromDict(JSON.parse(text))).toThrow(
    expect.objectContaining({ name: 'ResultsError', code: 'unknown_word', path: '$.status' }),
  )
  const status: TaskStatus = TaskStepResult.fromDict(JSON.parse(text.replace('broken', 'failed'))).status
  expect(status).toBe(TaskStatus.FAILED)
})

describe('S2.28 a step is named tool.operation', () => {
  test('the name is taken apart at its last dot and put together again', () => {
    expect(parseStepName('pandas_tool.read_csv')).toEqual({ tool: 'pandas_tool', operation: 'read_csv' })
    expect(parseStepName('a.b.c')).toEqual({ tool: 'a.b', operation: 'c' })
    const word = fc.stringMatching(/^[^\s.]+$/)
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), word, (tools, operation) => {
        const name = { tool: tools.join('.'), operation }
        expect(parseStepName(toStepName(name))).toEqual(name)
      }),
    )
  })

  test.each(['', 'data_processing', '.read', 'tool.', 'a..b', 'to ol.read', 'tool.re ad', 'tool.read\n'])(
    '%j is no such name',
    (name) => {
      expect(isStepName(name)).toBe(false)
      expect(() => parseStepName(name)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
    },
  )

  test('parts that would not come back are refused', () => {
    for (const parts of [
      { tool: '', operation: 'x' },
      { tool: 'x', operation: '' },
      { tool: 'x', operation: 'a.b' },
    ]) {
      expect(() => toStepName(parts)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
    }
  })
})
