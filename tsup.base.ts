import { defineConfig } from 'tsup'

/** How every package is built: ESM and its declarations, from the entry that carries the package's name, and from others. */
export function library(...names: string[]): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: names.map((name) => `src/${name}.ts`),
    format: ['esm'],
    target: 'es2023',
    platform: 'neutral',
    // Handles can be disposed of (`using`), for which a consumer's own `lib` may have no types.
    dts: { banner: '/// <reference lib="esnext.disposable" />' },
    sourcemap: true,
    clean: true,
  })
}
