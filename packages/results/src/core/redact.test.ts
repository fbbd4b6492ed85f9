import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { configureRedaction, isSecretKey, redactText, registerSecret } from './redact.js'
import { serializeError } from './serialize-error.js'

afterEach(() => {
  delete (globalThis as Record<symbol, unknown>)[Symbol.for('runspan.redaction/1')]
})

const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----'

describe('X-2 a secret in a text', () => {
  test.each([
    ['connect ECONNREFUSED postgres://user:pw@h:5432/db', 'connect ECONNREFUSED postgres://[redacted]@h:5432/db'],
    ['http://u:p@ss@h/x', 'http://[redacted]@h/x'],
    ['password=hunter2 next', 'password=[redacted] next'],
    ['?token=abc&x=1', '?token=[redacted]&x=1'],
    ['{"password":"hun\\"ter2","a":1}', '{"password":"[redacted]","a":1}'],
    ['{\\"token\\":\\"abc\\",\\"b\\":1}', '{\\"token\\":\\"[redacted]\\",\\"b\\":1}'],
    ["DB_PASSWORD: 'a b c', x", "DB_PASSWORD: '[redacted]', x"],
    ['clientSecret=zz;', 'clientSecret=[redacted];'],
    ['x-api-key: abc', 'x-api-key: [redacted]'],
    ['Authorization: Digest a=b, c=d\nnext', 'Authorization: [redacted]\nnext'],
    ['Cookie: a=b; c=d', 'Cookie: [redacted]'],
    ['curl -H "Authorization: Bearer abc"', 'curl -H "Authorization: [redacted]"'],
    ['got Bearer abcdefgh123 z', 'got Bearer [redacted] z'],
    ['Basic dXNlcjpwYXNzd29yZA==', 'Basic [redacted]'],
    ['a eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig b', 'a [redacted] b'],
    ['key AKIAABCDEFGHIJKLMNOP.', 'key [redacted].'],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123', '[redacted]'],
    ['xoxb-123456789012-abc', '[redacted]'],
    ['https://hooks.slack.com/services/T0/B0/xyz', 'https://hooks.slack.com/services/[redacted]'],
    [`a ${PEM} b`, 'a [redacted] b'],
    ['a -----BEGIN PRIVATE KEY-----\nMII', 'a [redacted]'],
    ['password="never closed', 'password="[redacted]'],
  ])('%s', (text, clean) => {
    expect(redactText(text)).toBe(clean)
    expect(redactText(clean)).toBe(clean)
  })

  test.each([
    'Unexpected token } in JSON at position 3',
    'max_tokens=100, total_tokens: 5',
    'basic authentication failed',
    'https://example.org/a@b?c=d@e',
    'the password was refused',
    '-----BEGIN CERTIFICATE-----',
    'at file:///srv/app/tokenizer.js:12:5',
  ])('is not seen where there is none: %s', (text) => {
    expect(redactText(text)).toBe(text)
  })

  test('that was registered is found in every form', () => {
    const secret = 'p"ß w\nsecond line of it'
    registerSecret(secret)
    registerSecret('ab')
    for (const form of [
      secret,
      btoa(unescape(encodeURIComponent(secret))),
      encodeURIComponent(secret),
      JSON.stringify(secret),
    ]) {
      expect(redactText(`<${form}>`)).not.toMatch(/second|c2Vjb25k/)
    }
    expect(redactText('<second line of it>')).toBe('<[redacted]>')
    expect(redactText('crab')).toBe('crab')
  })

  test('may have keys of one’s own, or be left alone', () => {
    configureRedaction({ keys: ['iban', 'card-number'] })
    expect(redactText('IBAN=DE1 cardNumber: 4711')).toBe('IBAN=[redacted] cardNumber: [redacted]')
    expect(isSecretKey('my_card_number')).toBe(true)
    configureRedaction({ enabled: false })
    expect(redactText('password=x')).toBe('password=x')
    expect(isSecretKey('password')).toBe(false)
  })
})

test('X-3 takes time in proportion to its length, whatever the text', () => {
  const units = [
    'password',
    'password="',
    'password=\'"',
    '://',
    '://a@',
    'eyJ',
    'eyJ-',
    '-----BEGIN PRIVATE',
    'Basic A',
    'sk-',
  ]
  const more = [
    'token: \\"',
    'AKIA',
    'cookie: ',
    '"',
    'xox-',
    'a.',
    '\\"',
    'bearer ',
    'api key',
    'secret\\',
    '-----END ',
    '\n    at f (a.js:1:1)',
    '\n    at f (a.js:1:1)\n    at =',
  ]
  const time = (unit: string, length: number) => {
    const text = unit.repeat(Math.ceil(length / unit.length))
    const before = process.cpuUsage()
    for (let n = 0; n < 5; n += 1) redactText(text, length)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 5_000
  }
  for (const unit of [...units, ...more]) {
    time(unit, 10_000)
    // Quadratic, the longer would take sixty-four times as long; the margin is for a busy machine.
    expect([unit, time(unit, 80_000) < 24 * Math.max(time(unit, 10_000), 2)]).toEqual([unit, true])
  }
})

test('X-2 a secret in what looks like the frames of a stack is found, also where the same frames came before', () => {
  const frames = '\n    at load (file:///srv/app.js:1:2)\n    at main (file:///srv/app.js:3:4)'
  for (const message of ['plain', 'password=hunter2', 'plain']) {
    expect(redactText(`Error: ${message}${frames}`)).toBe(`Error: ${message.replace('hunter2', '[redacted]')}${frames}`)
  }
  for (const line of ['\n    at token=hunter2', '\n    at https://user:hunter2@h/', '\nCaused by: password: hunter2']) {
    expect(redactText(`Error: plain${frames}${line}`)).not.toContain('hunter2')
    expect(redactText(`Error: plain${line}${frames}`)).not.toContain('hunter2')
  }
  registerSecret('srv/app')
  expect(redactText(`Error: plain${frames}`)).not.toContain('srv/app')
})

test('X-3 a secret on the limit is gone too, and what was cut says so', () => {
  for (let before = 0; before < 40; before += 1) {
    const text = redactText(
      `${'x'.repeat(70 + before)} ghp_abcdefghijklmnopqrstuvwxyz0123456789${'y'.repeat(2_000)}`,
      100,
    )
    expect(text).not.toContain('ghp_')
    expect(text.length).toBeLessThanOrEqual(100)
    expect(text.endsWith('… [cut]')).toBe(true)
  }
})

test('X-3 never throws, is well-formed and keeps to the limit', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('password=', '"', '\\', '-----BEGIN PRIVATE KEY', '://', '@', ' '),
  )
  fc.assert(
    fc.property(fc.array(piece), fc.integer({ min: 20, max: 200 }), (parts, limit) => {
      const clean = redactText(parts.join(''), limit)
      return clean.length <= limit && clean.isWellFormed()
    }),
  )
})

test('X-3 a short text, or one without a sign of a secret, is searched no less than any other', () => {
  // Long, and with a `=`, it has to be searched by every rule.
  const signs = '= = = = = = '
  const piece = fc.constantFrom(
    'password',
    'token',
    'api key',
    'Basic ',
    'dXNlcg==',
    'Bearer ',
    'abcdefgh',
    '://',
    'a',
    '@',
    ':',
    '=',
    ' ',
    '"',
    'sk-',
    'AKIAABCDEFGHIJKLMNOP',
    'xoxb-',
    '-----BEGIN PRIVATE KEY',
    'hooks.slack.com/services/',
    '\n    at f (a.js:1:1)',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), (parts) => {
      const text = parts.join('')
      expect(signs + redactText(text)).toBe(redactText(signs + text))
    }),
    { numRuns: 3_000 },
  )
})

test('X-1 an error shows no secret in message, stack, cause or member', () => {
  const cause = new Error('redis://:pw@h refused')
  const error = new AggregateError([new Error('token=abc')], 'login with password: hunter2', { cause })
  const { message, stack } = serializeError(error)
  expect(message).toBe('login with password: [redacted]')
  expect(stack).not.toMatch(/hunter2|:pw@|token=abc/)
  expect(stack).toContain('Caused by')
  expect(serializeError({ apiKey: 'k', a: 1 }).message).toBe('{ apiKey: "[redacted]", a: 1 }')
})
