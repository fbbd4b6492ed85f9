import { defineConfig, mergeConfig } from 'vitest/config'
import base from '../vitest.config.js'

// The tests against real programs: one file after the other, because each starts several of them.
const config = mergeConfig(
  base,
  defineConfig({ test: { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 } }),
)

export default { ...config, test: { ...config.test, include: ['test/stack/**/*.stack.ts'] } }
