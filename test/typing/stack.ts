import { type AuthScheme, apiKey, auth, basic, bearer } from '@steadfetch/auth'
import { concurrency, limiter } from '@steadfetch/concurrency'
import { cookieJar, cookies } from '@steadfetch/cookies'
import { compose, type Fetch, type FetchInit, type FetchInput, type Middleware } from '@steadfetch/core'
import { defaults } from '@steadfetch/defaults'
import { hooks } from '@steadfetch/hooks'
import { HttpError, httpErrors } from '@steadfetch/http-errors'
import { log } from '@steadfetch/log'
import { type ConnectionLayer, pool } from '@steadfetch/pool'
import { proxy } from '@steadfetch/proxy'
import { historyOf, redirects } from '@steadfetch/redirects'
import { retry } from '@steadfetch/retry'
import { timeout } from '@steadfetch/timeout'
import { harden, type Policy, services, standard } from 'steadfetch'

// What is right must compile, under the types of every platform.

const stack = compose(timeout({ after: 30_000 }), retry(), timeout({ after: 5000 }))
export const hardened = stack(fetch)

/** A composed fetch stands wherever the platform's does. */
export const asPlatformFetch: typeof fetch = hardened
export const asFetch: Fetch = hardened
export const response: Promise<Response> = hardened('http://a.test/')

/** Per-call options of all layers in it, and those of the platform, at once. */
void hardened('http://a.test/', { method: 'PUT', timeout: { after: 500 }, retry: { attempts: 5 } })
void hardened(new URL('http://a.test/'), { timeout: false, retry: false })
void hardened(new Request('http://a.test/'), { retry: { onRetry: ({ attempt, wait }) => void (attempt + wait) } })

/** A limiter comes with its options or ready-made, and takes two of them per call. */
const limited = compose(
  retry(),
  concurrency({ limit: 10, queue: 100 }),
  concurrency({ limiter: limiter({ limit: 5 }) }),
)(fetch)
void limited('http://a.test/', { retry: false, concurrency: { queueTimeout: 500, until: 'headers' } })
void limited('http://a.test/', { concurrency: false })

/** What is observed, and who is told, may differ from call to call. */
const observed = compose(log({ logger: console }), hooks(), retry())(fetch)
void observed('http://a.test/', { log: { headers: true, level: () => false }, hooks: { onEnd: () => {} } })
void observed('http://a.test/', { log: false, hooks: false, retry: false })
hooks({
  onRequest: async ({ input, init }) => ({ input, init: { ...init, method: 'PUT' } }),
  onResponse: ({ response }) => (response.ok ? undefined : new Response(null)),
  onError: async () => new Response(null),
  onEnd: ({ outcome, bytes }) => void (outcome === 'complete' && bytes),
})

/** What has connections is a layer without options per call, and what to close. */
const connected: ConnectionLayer = pool({ connections: 5, tls: { verify: true } })
void compose(retry(), connected, proxy({ https: 'http://a.test', no: ['b.test'] }, { http2: true }))(fetch)(
  'http://a.test/',
  { retry: false },
)
void connected.close({ grace: 5 }).then(() => connected.stats()['http://a.test']?.open)

/** Where redirects lead, and what led there. */
const following = compose(
  redirects({ max: 5, onRedirect: async ({ to, status }) => void (to + status) }),
  retry(),
)(fetch)
void following('http://a.test/', { redirects: { keep: ['x-api-key'] }, redirect: 'follow' })
void following('http://a.test/', { redirects: false }).then((response) => historyOf(response)[0]?.from)

/** Cookies, and the redirects that they are built on. */
const remembering = cookies({ jar: cookieJar({ maxCookies: 5 }), max: 5 })(fetch)
void remembering('http://a.test/', { cookies: { a: '1' }, redirects: { max: 1 } })
void remembering('http://a.test/', { cookies: false, redirects: false })

/** What every call has, and what of its results is an error. */
const api = compose(
  httpErrors({ statuses: ['5xx', 404], problem: true }),
  defaults({
    baseUrl: 'http://a.test/v1',
    headers: { accept: 'a/b', from: null },
    params: { page: 1, tag: ['a', 'b'] },
  }),
)(fetch)
void api('users', { defaults: { params: { page: null } }, httpErrors: { except: [404] } })
void api('users', { defaults: false, httpErrors: false }).catch((error: unknown) => {
  return error instanceof HttpError && error.problem?.detail
})

/** Credentials, of a scheme of ours or of one's own. */
const signed: AuthScheme = {
  name: 'signed',
  origins: 'http://a.test',
  authorize: ({ url }) => ({ headers: { a: url.href } }),
}
const authorized = compose(
  auth(signed),
  auth(bearer({ token: async ({ refused }) => refused ?? '', origins: [] })),
)(fetch)
void authorized('http://a.test/', { auth: basic({ username: 'a', password: 'b' }) })
void authorized('http://a.test/', { auth: false })

/** All of them as one policy, which stands wherever the platform's fetch does. */
const policy: Policy = { timeout: { attempt: { headers: 5 } }, retry: { attempts: 5 }, cookies: true, proxy: 'env' }
export const whole: typeof fetch = harden(policy)
void harden()('http://a.test/', { timeout: { after: 500 }, retry: false, cookies: { a: '1' }, log: { bytes: true } })
void services({ 'http://a.test': policy, '*': false }, whole).describe(new URL('http://a.test/'))
void compose(tag(), standard(policy))(fetch)('http://a.test/', { tag: 'a', concurrency: { queueTimeout: 5 } })

/** A composition composes further, and so does a layer alone. */
void compose(stack, compose(retry()))(fetch)('http://a.test/', { retry: false })
void timeout({ headers: 5 })(retry()(fetch))('http://a.test/', { retry: { budget: false }, timeout: { idle: 5 } })

/** Plain functions from fetch to fetch fit in, written beforehand or on the spot. */
const plain = (inner: typeof fetch): typeof fetch => inner
const passing: Middleware = (inner) => (input, init) => inner(input, init)
const ofPlatformTypes =
  (inner: Fetch): Fetch =>
  (input: FetchInput, init?: FetchInit) =>
    inner(input, init)
const mixed = compose(plain, retry(), passing, ofPlatformTypes, (inner) => (input, init) => inner(input, init))(fetch)
void mixed('http://a.test/', { retry: { attempts: 1 } })

/** A middleware with an option of its own. */
function tag(): Middleware<{ tag?: string }> {
  return (inner) => async (input, init) => {
    const response = await inner(input, init)
    return init?.tag === undefined ? response : new Response(init.tag)
  }
}
void compose(tag(), retry())(fetch)('http://a.test/', { tag: 'a', retry: false })

/** A layer that is there or not, as a program's settings have it. */
const settings: { retries: boolean } = JSON.parse('{}')
const maybe = compose(timeout({ after: 5 }), ...(settings.retries ? [retry()] : []), tag())(fetch)
void maybe('http://a.test/', { timeout: false, retry: { attempts: 5 }, tag: 'a' })
void compose(...(settings.retries ? [retry()] : []))(fetch)('http://a.test/', { retry: false })
void compose()(fetch)('http://a.test/')

// What is wrong must not: each of these lines has to be an error.

// @ts-expect-error a layer that is not in the stack
void retry()(fetch)('http://a.test/', { timeout: { after: 500 } })
// @ts-expect-error a typo in a layer's name
void hardened('http://a.test/', { retri: false })
// @ts-expect-error a typo in an option
void hardened('http://a.test/', { retry: { atempts: 5 } })
// @ts-expect-error a typo in the name of a layer that may be there
void maybe('http://a.test/', { retri: false })
// @ts-expect-error no layer, no option
void compose()(fetch)('http://a.test/', { retry: false })
// @ts-expect-error not a duration
void hardened('http://a.test/', { timeout: 500 })
// @ts-expect-error a key of no layer in a composition with a plain function
void mixed('http://a.test/', { timeout: false })
// @ts-expect-error a factory that was not called
void compose(timeout, retry())(fetch)
// @ts-expect-error no limit at all
timeout()
// @ts-expect-error no limit of exchanges
concurrency({ queue: 5 })
// @ts-expect-error a limit is not a matter of one call
void limited('http://a.test/', { concurrency: { limit: 5 } })
// @ts-expect-error the layer's own fetch wants a URL
void hardened()
// @ts-expect-error not the value of a cookie
void remembering('http://a.test/', { cookies: { a: 1 } })
// @ts-expect-error a place that no key is in
apiKey({ name: 'a', value: 'b', in: 'body' })
// @ts-expect-error not a scheme
void authorized('http://a.test/', { auth: 'Bearer x' })
// @ts-expect-error a typo in a policy
harden({ retri: false })
// @ts-expect-error a limit of what
harden({ timeout: { headers: 5 } })
// @ts-expect-error a typo in the options of a call
void harden()('http://a.test/', { retri: false })
// @ts-expect-error not a hook
void observed('http://a.test/', { hooks: { onStart: () => {} } })
// @ts-expect-error not what a hook may return
hooks({ onResponse: () => 'text' })
// @ts-expect-error not a level
log({ level: () => 'loud' })
