import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // As many files at a time as there are cores: many of the tests wait for timers and for other processes.
    maxWorkers: '100%',
    // What hangs fails; on a busy machine the longest take 10 s. With ORDERS=every they meet four times as many.
    testTimeout: process.env.ORDERS === 'every' ? 120_000 : 40_000,
    expect: { poll: { timeout: 10_000 } },
    projects: [
      { extends: true, test: { name: 'packages', include: ['packages/*/src/**/*.test.ts'] } },
      { extends: true, test: { name: 'whole', include: ['{test,examples,benchmarks}/**/*.test.ts'] } },
    ],
  },
})
