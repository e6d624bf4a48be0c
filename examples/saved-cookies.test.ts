import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '@steadfetch/test-support/run-program'
import { afterAll, beforeAll, expect, it } from 'vitest'

const program = fileURLToPath(new URL('saved-cookies.ts', import.meta.url))

let logins = 0

/** A shop that sets its cookie on the redirect after a login. */
const shop = createServer((request, response) => {
  const isLogin = request.url === '/login'
  if (isLogin) logins += 1
  if (isLogin) response.writeHead(303, { location: '/welcome', 'set-cookie': 'session=s3cret; Path=/; HttpOnly' })
  else if (!request.headers.cookie?.includes('session=s3cret')) response.writeHead(401)
  response.end(request.headers.cookie?.includes('session=s3cret') ? 'hello, me' : 'who are you?')
})

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steadfetch-cookies-'))
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  shop.close().closeAllConnections()
  await rm(directory, { recursive: true })
})

it('logs in once, and is still logged in when it runs again', async (context) => {
  const site = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
  const file = join(directory, 'cookies.json')
  for (let run = 0; run < 2; run += 1) {
    expect(await runProgram(context, program, site, file).ended).toEqual({
      stdout: 'hello, me\n',
      stderr: '',
      status: 0,
    })
  }
  expect(logins).toBe(1)
  expect(await readFile(file, 'utf8')).toContain('s3cret')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})
