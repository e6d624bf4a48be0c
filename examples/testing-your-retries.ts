// A service as a program calls it. It takes a fetch, so that its tests need no network: they are beside this file.

import { harden } from 'steadfetch'

export interface Order {
  id: number
  total: number
}

/** Orders, of a service that is not always there. */
export function createOrders(fetch?: typeof globalThis.fetch) {
  const calling = harden(
    {
      defaults: { baseUrl: 'https://shop.example.com/v1' },
      httpErrors: true,
      timeout: { attempt: { headers: 2_000 } },
    },
    fetch,
  )
  return {
    get: async (id: number): Promise<Order> => (await calling(`orders/${id}`)).json(),

    /** The key tells the service that it is the same order, however often it comes. */
    place: async (article: number): Promise<Order> => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }
      const response = await calling('orders', { method: 'POST', headers, body: JSON.stringify({ article }) })
      return response.json()
    },
  }
}
