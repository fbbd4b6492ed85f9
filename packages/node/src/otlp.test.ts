import { expect, test } from 'vitest'
import { toTracesUrl } from './otlp.js'

test.each(['http://a:4318', 'http://a:4318/', 'http://a:4318/v1/traces', 'http://a:4318/v1/traces/'])(
  'spans for the collector at %s go to its path for spans, once',
  (endpoint) => expect(toTracesUrl(endpoint)).toBe('http://a:4318/v1/traces'),
)
