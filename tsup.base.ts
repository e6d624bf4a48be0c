import { defineConfig } from 'tsup'

/** How every package is built: one ESM file and its declarations, from the entry that carries the package's name. */
export function library(name: string): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: [`src/${name}.ts`],
    format: ['esm'],
    target: 'es2023',
    platform: 'neutral',
    // Handles can be disposed of (`using`), for which a consumer's own `lib` may have no types.
    dts: { banner: '/// <reference lib="esnext.disposable" />' },
    sourcemap: true,
    clean: true,
  })
}
