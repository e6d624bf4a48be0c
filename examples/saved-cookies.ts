// Logs in once, and is still logged in when it runs again: the cookies are kept in a file.
//
//   node examples/saved-cookies.ts https://shop.example.com cookies.json

import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { cookieJar, cookies } from '@steadfetch/cookies'

const [, , site = '', file = 'cookies.json'] = process.argv

const jar = cookieJar()
if (existsSync(file)) await jar.load(await readFile(file, 'utf8'))

const session = cookies({ jar })(fetch)

let account = await session(`${site}/account`)
if (account.status === 401) {
  await account.body?.cancel()
  const login = await session(`${site}/login`, { method: 'POST', body: new URLSearchParams({ user: 'me' }) })
  await login.body?.cancel()
  account = await session(`${site}/account`)
}
console.log(await account.text())

// Whoever can read the file is logged in, so nobody else may.
await writeFile(`${file}.new`, await jar.save(), { mode: 0o600 })
await rename(`${file}.new`, file)
