import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))

// The packages are tested as they are written; what is built is tested by the child processes that import it.
export default defineConfig({
  root,
  resolve: {
    alias: [
      { find: /^@runspan\/results\/core$/, replacement: `${root}packages/results/src/core/index.ts` },
      { find: /^@runspan\/(\w+)$/, replacement: `${root}packages/$1/src/index.ts` },
      { find: /^@runspan\/(\w+)\/(\w+)$/, replacement: `${root}packages/$1/src/$2.ts` },
    ],
  },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    // Many tests wait for the processes they start; one more than the smallest machine has cores keeps it busy.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    restoreMocks: true,
  },
})
