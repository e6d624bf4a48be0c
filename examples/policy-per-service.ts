// Three services that fail in different ways, and a policy for each.
//
//   node examples/policy-per-service.ts https://users.internal https://partner.example.com https://payments.example.com

import { errorKind, services } from 'steadfetch'

const [, , internal = '', partner = '', payments = ''] = process.argv

const fetch = services({
  // Fast, and near: what has not answered at once is asked again.
  [internal]: {
    timeout: { total: { headers: 2_000 }, attempt: { headers: 300 } },
    retry: { attempts: 4, backoff: { base: 20 } },
  },
  // Slow, somebody else's, and not to be asked for more than two things at a time.
  [partner]: {
    timeout: { total: { headers: 60_000 }, attempt: { headers: 15_000 } },
    concurrency: { limit: 2, queueTimeout: 20_000 },
  },
  // Never asked twice: it might pay twice.
  [payments]: {
    timeout: { total: false, attempt: { headers: 30_000 } },
    circuitBreaker: { window: 60_000 },
    retry: false,
    httpErrors: true,
  },
})

const user = await fetch(`${internal}/flaky?fail=2&key=user`)
console.log('internal', user.status, await user.text())

/** An exchange is over, and the next one may begin, when its body has been read. */
async function report(page: number): Promise<number> {
  const response = await fetch(`${partner}/slow?headers=50&page=${page}`)
  await response.text()
  return response.status
}
console.log('partner', ...(await Promise.all([1, 2, 3, 4].map(report))))

try {
  await fetch(`${payments}/status/503?key=payment`, { method: 'POST', body: '{"amount":100}' })
} catch (error) {
  console.log('payments', errorKind(error))
}
