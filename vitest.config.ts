import { defineConfig } from 'vitest/config'

/** What tools install for tests and benches is not ours to test. */
const installed = ['**/node_modules/**', '**/.cache/**']
/** Needs a program from PyPI, and a minute. */
const FUZZ = 'test/http-surface/fuzz.test.ts'
const shared = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  exclude: installed,
  // Hundreds of real processes on two shared cores: on CI a test may be asked twice before it counts as failed.
  retry: process.env['CI'] ? 1 : 0,
}

export default defineConfig({
  test: {
    projects: [
      /** Beside the code. */
      { test: { ...shared, name: 'unit', include: ['src/**/*.test.ts', 'bench/**/*.test.mjs'] } },
      /** Across rooms, on the built package where a command is run. */
      {
        test: {
          ...shared,
          name: 'house',
          include: ['test/**/*.test.ts'],
          exclude: [...installed, 'test/clients/**', 'test/packaging/**', 'test/newcomer/**', FUZZ],
          globalSetup: ['test/support/built.ts'],
        },
      },
      /** Real clients from npm and PyPI, one after the other: each is a program of hundreds of megabytes. */
      {
        test: {
          ...shared,
          name: 'clients',
          include: [
            'test/clients/**/*.test.ts',
            'test/packaging/**/*.test.ts',
            'test/newcomer/**/*.test.ts',
            FUZZ,
          ],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
          globalSetup: ['test/support/built.ts'],
        },
      },
    ],
  },
})
