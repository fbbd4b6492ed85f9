import { describe, expect, test } from 'vitest'
import { readSwitch, switchWords } from './switch.js'

describe('a switch of ours', () => {
  test.each([
    ['true', true],
    [' TRUE ', true],
    ['1', true],
    ['false', false],
    ['False', false],
    ['0', false],
  ])('%j is %s, whatever it is without it', (value, on) => {
    expect(readSwitch('RUNSPAN_DISABLED', value)).toEqual({ on, warning: undefined })
    expect(readSwitch('RUNSPAN_DISABLED', value, !on)).toEqual({ on, warning: undefined })
  })

  test.each([undefined, '', '  '])('that is %j counts as not set', (value) => {
    expect(readSwitch('RUNSPAN_BAGGAGE', value, true)).toEqual({ on: true, warning: undefined })
    expect(readSwitch('RUNSPAN_DISABLED', value)).toEqual({ on: false, warning: undefined })
  })

  test('that says something else is named, with what it may say, and counts as not set', () => {
    expect(readSwitch('RUNSPAN_BAGGAGE', 'no', true)).toEqual({
      on: true,
      warning: 'RUNSPAN_BAGGAGE is "no"; give true, 1, false or 0. Using true.',
    })
    expect(readSwitch('RUNSPAN_DISABLED', 'yes').warning).toBe(
      'RUNSPAN_DISABLED is "yes"; give true, 1, false or 0. Using false.',
    )
    expect(readSwitch('RUNSPAN_DISABLED', 'constructor').on).toBe(false)
  })
})

describe('a switch of the standard', () => {
  test.each(['true', 'True', ' TRUE'])('%j is on', (value) => {
    expect(readSwitch('OTEL_SDK_DISABLED', value)).toEqual({ on: true, warning: undefined })
  })

  test.each(['1', 'yes', 'on', '0'])('%j is off, and said', (value) => {
    expect(readSwitch('OTEL_SDK_DISABLED', value, true)).toEqual({
      on: false,
      warning: `OTEL_SDK_DISABLED is "${value}"; give true or false. Using false.`,
    })
  })

  test('says its words', () => {
    expect(switchWords('OTEL_SDK_DISABLED')).toBe('true or false')
  })
})
