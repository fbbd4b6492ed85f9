import { describe, expect, it } from 'vitest'
import { isSuccess } from '../core/outcome.js'
import { oneDecimal, signedOneDecimal } from './one-decimal.js'
import { rateOfSettled, rateOfStarted, rateOfUnfailed } from './success-rate.js'

describe('the three success rates', () => {
  it('S0.22 S0.25 of what succeeded or failed', () => {
    expect([rateOfSettled(0, 0), rateOfSettled(2, 1), rateOfSettled(1, 0), rateOfSettled(0, 4)]).toEqual([
      0, 66.66666666666666, 100, 0,
    ])
  })

  it('S0.35 of what did not fail', () => {
    expect([rateOfUnfailed(0, 0), rateOfUnfailed(3, 2), rateOfUnfailed(4, 0)]).toEqual([0, 33.33333333333333, 100])
  })

  it('S4.14 of what was started', () => {
    expect([rateOfStarted(0, 0), rateOfStarted(1, 4), rateOfStarted(3, 3)]).toEqual([0, 25, 100])
  })

  it('are three: one that runs beside one that succeeded and one that failed', () => {
    expect([rateOfSettled(1, 1), rateOfUnfailed(4, 1), rateOfStarted(1, 4)]).toEqual([50, 75, 25])
  })

  it('only the word itself is a success', () => {
    expect(['success', 'success ', 'completed', 'SUCCESS'].map(isSuccess)).toEqual([true, false, false, false])
  })
})

describe('one decimal', () => {
  it('rounds an exact half to the even digit', () => {
    expect([0.25, 0.75, 6.25, 18.75, -6.25, 93.75, 100, 0].map(oneDecimal)).toEqual([
      '0.2',
      '0.8',
      '6.2',
      '18.8',
      '-6.2',
      '93.8',
      '100.0',
      '0.0',
    ])
  })

  it('shows the sign where asked', () => {
    expect([0, 5, -5, -0.01].map(signedOneDecimal)).toEqual(['+0.0', '+5.0', '-5.0', '-0.0'])
  })
})
