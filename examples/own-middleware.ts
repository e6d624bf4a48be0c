// Middleware of your own: outside of the standard stack it sees calls, inside of it attempts.
//
//   node examples/own-middleware.ts https://api.example.com

import { compose, type Fetch, headersOf, standard, withInit } from 'steadfetch'

const [, , api = ''] = process.argv

/** A number for every call, which all of its attempts have in common. */
function traced(fetch: Fetch): Fetch {
  let calls = 0
  return (input, init) => {
    calls += 1
    // Those of a Request as well, which headers in init would replace.
    const headers = headersOf(input, init)
    headers.set('x-request-id', `call-${calls}`)
    return fetch(input, withInit(init, { headers }))
  }
}

/** What each attempt has come to. */
function noted(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    console.log(headersOf(input, init).get('x-request-id'), response.status)
    return response
  }
}

const fetch = compose(traced, standard({ retry: { backoff: { base: 5 } } }), noted)(globalThis.fetch)

for (const key of ['a', 'b']) {
  const response = await fetch(`${api}/flaky?fail=2&key=${key}`)
  await response.text()
}
