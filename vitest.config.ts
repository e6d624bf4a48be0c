import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // With ORDERS=every a test of orders meets four times as many.
    testTimeout: process.env.ORDERS === 'every' ? 80_000 : 20_000,
    projects: [
      { extends: true, test: { name: 'packages', include: ['packages/*/src/**/*.test.ts'] } },
      { extends: true, test: { name: 'whole', include: ['{test,examples,benchmarks}/**/*.test.ts'] } },
    ],
  },
})
