import { execFile, spawnSync } from 'node:child_process'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { FormData as OtherFormData } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toCurl } from './to-curl.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer()
})
afterAll(() => server.close())

interface Echo {
  method: string
  path: string
  headers: Record<string, string>
  length: number
  sha256: string
}

/** What the server got of a command that was pasted into `sh`. */
function run(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('sh', (error, stdout) => (error ? reject(error) : resolve(stdout)))
    child.stdin?.end(`${command}\n`)
  })
}

/** What runtimes and curl add by themselves. */
const added =
  /^(host|connection|user-agent|accept|accept-language|accept-encoding|sec-fetch-mode|expect|content-length|transfer-encoding)$/

function compared({ headers, ...rest }: Echo): unknown {
  const given = Object.entries(headers).filter(([name]) => !added.test(name))
  return { ...rest, headers: Object.fromEntries(given) }
}

const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
const nasty = `it's "quoted" $HOME \`id\` \\n ! % & | ; < > # ~ * \n\ttwo lines ä€😀`

const form = (): FormData => {
  const data = new FormData()
  data.append('a', "b'c")
  data.append('file', new Blob([bytes]), 'f.bin')
  return data
}

/** Boundaries are random: of a form, the length is what can be compared. */
const calls: Record<string, () => [path: string, init?: RequestInit]> = {
  'a plain GET': () => ['/echo?a=1&b=%20'],
  'quotes, blanks and brackets in the URL': () => [`/echo/it's "x"[1-3]{a,b}?q[]=it's$HOME\`id\`{1}`],
  'a HEAD': () => ['/json', { method: 'HEAD' }],
  'a DELETE': () => ['/echo', { method: 'delete' }],
  'a method of its own': () => ['/echo', { method: 'PURGE' }],
  'a POST without a body': () => ['/echo', { method: 'POST' }],
  'a POST with an empty body': () => ['/echo', { method: 'POST', body: '' }],
  'a text with everything in it': () => ['/echo', { method: 'POST', body: nasty }],
  'a text that begins with @': () => ['/echo', { method: 'PUT', body: '@/etc/passwd' }],
  'lines of a terminal that has other ends': () => ['/echo', { method: 'POST', body: 'a\r\nb\r\x1b' }],
  'JSON with a type': () => [
    '/echo',
    { method: 'PATCH', body: '{"a": 1}', headers: { 'content-type': 'application/json' } },
  ],
  parameters: () => ['/echo', { method: 'POST', body: new URLSearchParams({ a: 'b c', d: '&' }) }],
  'bytes without a type': () => ['/echo', { method: 'POST', body: bytes }],
  'a buffer': () => ['/echo', { method: 'POST', body: bytes.buffer }],
  'a Blob with a type': () => ['/echo', { method: 'PUT', body: new Blob([bytes], { type: 'image/png' }) }],
  'a long text': () => ['/echo', { method: 'POST', body: nasty.repeat(10_000) }],
  headers: () => [
    '/echo',
    {
      headers: {
        'x-quotes': `it's "x" $HOME \`id\` ! \\`,
        'x-empty': '',
        'x-latin': 'caf\xe9 % \xff!',
        'accept-encoding': 'br',
      },
    },
  ],
  'credentials, unredacted': () => [
    '/echo?token=abc',
    { headers: { authorization: 'Bearer abc', cookie: 'a=b; c=d' } },
  ],
  'a redirect': () => ['/redirect-to?status=307&url=/echo', { method: 'POST', body: 'kept' }],
}

it('has a curl to test with where CI runs it', () => {
  expect(hasCurl || process.env.CI !== 'true').toBe(true)
})

describe.skipIf(!hasCurl)('a command, run by curl (skipped: needs curl)', () => {
  it.each(Object.keys(calls))('sends what fetch sends: %s', async (name) => {
    const [path, init] = calls[name]?.() ?? ['']
    const url = server.url('/').slice(0, -1) + path
    const byFetch = await fetch(url, init)
    const byCurl = await run(await toCurl(url, calls[name]?.()[1], { redact: false }))
    if (init?.method === 'HEAD') {
      expect(byCurl).toMatch(/^HTTP\/1.1 200/)
      expect(server.requests.at(-1)?.method).toBe('HEAD')
    } else expect(compared(JSON.parse(byCurl))).toEqual(compared((await byFetch.json()) as Echo))
  })

  it('sends what fetch sends: a Request, which is not used up', async () => {
    const made = (): Request =>
      new Request(server.url('/echo'), { method: 'PUT', body: nasty, headers: { 'x-own': '1' } })
    const request = made()
    const byCurl = await run(await toCurl(request, undefined, { redact: false }))
    expect(request.bodyUsed).toBe(false)
    expect(compared(JSON.parse(byCurl))).toEqual(compared((await (await fetch(request)).json()) as Echo))
    const headers = { 'x-other': '2' }
    const changed = await run(await toCurl(made(), { headers }, { redact: false }))
    expect(compared(JSON.parse(changed))).toEqual(compared((await (await fetch(made(), { headers })).json()) as Echo))
  })

  it('becomes a GET where fetch does, after a redirect', async () => {
    const url = server.url('/redirect?status=303&next=/echo')
    const echo: Echo = JSON.parse(await run(await toCurl(url, { method: 'POST', body: 'dropped' })))
    expect(echo).toMatchObject({ method: 'GET', length: 0 })
  })

  it.each([
    ['of this realm', form],
    [
      "of npm undici's",
      () => {
        const data = new OtherFormData()
        data.append('a', "b'c")
        data.append('file', new Blob([bytes]), 'f.bin')
        return data
      },
    ],
  ])('sends a form %s', async (_, data) => {
    const command = await toCurl(server.url('/echo'), { method: 'POST', body: data() as FormData }, { redact: false })
    const echo: Echo = JSON.parse(await run(command))
    const expected: Echo = await (await fetch(server.url('/echo'), { method: 'POST', body: form() })).json()
    const boundary = (type = ''): number => type.length
    expect(boundary(echo.headers['content-type'])).toBe(boundary(expected.headers['content-type']))
    expect(echo.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(echo.length).toBe(expected.length)
  })

  it('is one that still runs when it is redacted', async () => {
    const init = { method: 'POST', body: '{"password":"S3CRET","a":"it\'s"}', headers: { authorization: 'S3CRET' } }
    const command = await toCurl(server.url('/echo?token=S3CRET&a=1'), init)
    expect(command).not.toContain('S3CRET')
    const echo: Echo = JSON.parse(await run(command))
    expect(echo.path).toBe('/echo?token=REDACTED&a=1')
    expect(echo.headers.authorization).toBe('REDACTED')
    expect(echo.length).toBe('{"password":"REDACTED","a":"it\'s"}'.length)
  })
})

describe('a command', () => {
  it('reads like one that people write', async () => {
    expect(await toCurl('http://a.test/x', { method: 'PUT', body: 'a', headers: { 'x-own': '1' } })).toBe(
      `curl 'http://a.test/x' -X 'PUT' --location --compressed -H 'content-type: text/plain;charset=UTF-8' -H 'x-own: 1' --data-raw 'a'`,
    )
  })

  it('has the method as fetch sends it', async () => {
    expect(await toCurl('http://a.test/', { method: 'patch' })).toContain(" -X 'patch' ")
    expect(await toCurl('http://a.test/', { method: 'delete' })).toContain(" -X 'DELETE' ")
  })

  it('follows no redirect where fetch does not', async () => {
    expect(await toCurl('http://a.test/', { redirect: 'manual' })).toBe(`curl 'http://a.test/' --compressed`)
    expect(await toCurl(new Request('http://a.test/', { redirect: 'error' }))).toBe(
      `curl 'http://a.test/' --compressed`,
    )
  })

  it('redacts by default: the user, the query, headers and the body', async () => {
    const init = {
      method: 'POST',
      body: new URLSearchParams({ client_secret: 'S3CRET', a: '1', 'user[password]': 'S3CRET' }),
      headers: {
        cookie: 'S3CRET',
        'x-api-key': 'S3CRET',
        referer: 'http://u:S3CRET@b/?sig=S3CRET',
        'x-mine': 'S3CRET',
      },
    }
    const command = await toCurl('http://u:S3CRET@a.test/?api_key=S3CRET#S3CRET', init, {
      redact: { names: ['x-mine'] },
    })
    expect(command).not.toContain('S3CRET')
    expect(command).toContain('client_secret=REDACTED&a=1')
  })

  it('names what it cannot have', async () => {
    const stream = new ReadableStream()
    const duplex = { duplex: 'half' }
    const ofStream = await toCurl('http://a.test/', { method: 'POST', body: stream, ...duplex })
    expect(ofStream).toContain("--data-binary '@BODY-stream'")
    expect(stream.locked).toBe(false)
    const used = new Request('http://a.test/', { method: 'POST', body: 'x' })
    await used.text()
    expect(await toCurl(used)).toContain("--data-binary '@BODY-used'")
    const large = new Request('http://a.test/', { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) })
    expect(await toCurl(large)).toContain("--data-binary '@BODY-more-than-1-MiB'")
    expect(await large.text()).toHaveLength(1024 * 1024 + 1)
  })

  it('is none for what is no URL, and the message does not repeat it', async () => {
    await expect(toCurl('http://u:S3CRET@/')).rejects.toThrow(new TypeError('toCurl: the URL cannot be parsed'))
  })

  it.each([
    [{ redacted: true }, 'toCurl: there is no option "redacted"; there are redact'],
    [{ redact: 'no' }, 'toCurl: redact must be true, false or an object, got "no"'],
    [{ redact: { patterns: 'x' } }, 'toCurl: redact.patterns must be an array of regular expressions, got "x"'],
  ])('refuses the options %o by name', async (options, message) => {
    await expect(Reflect.apply(toCurl, undefined, ['http://a.test/', {}, options])).rejects.toThrow(
      new TypeError(message),
    )
  })
})
