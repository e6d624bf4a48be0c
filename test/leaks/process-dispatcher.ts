import { pool } from '@steadfetch/pool'
import { proxy } from '@steadfetch/proxy'

// Whether the dispatcher of the process stays that of the platform, while pool and proxy are imported, made, used and
// closed. In a process of its own, in which nothing else has fetched before.

const [, , url = '', proxyUrl = ''] = process.argv
const dispatchers = (): unknown[] =>
  [1, 2].map((version) => Reflect.get(globalThis, Symbol.for(`undici.globalDispatcher.${version}`)))

const imported = dispatchers()
const some = pool({ connections: 1 })
const way = proxy(proxyUrl)
const made = dispatchers()
await (await fetch(url)).text()
const platforms = dispatchers()
for (const layer of [some, way]) await (await layer(fetch)(url)).text()
const used = dispatchers()
await some.close()
await way.close()
const { status } = await fetch(url)
const same = (others: readonly unknown[]): boolean => others.every((other, index) => other === platforms[index])

console.log(
  JSON.stringify({
    beforeAnyFetch: [...imported, ...made].filter((dispatcher) => dispatcher !== undefined).length,
    ofPlatform: platforms.some((dispatcher) => dispatcher !== undefined),
    kept: same(used) && same(dispatchers()),
    status,
  }),
)
