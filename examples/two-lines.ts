// Existing code, hardened in two lines: everything below them is as it was.
//
//   node examples/two-lines.ts https://api.example.com

import { harden } from 'steadfetch'

const fetch = harden()

const [, , api = ''] = process.argv

async function order(id: number): Promise<unknown> {
  const response = await fetch(`${api}/flaky?fail=1&key=order-${id}`)
  if (!response.ok) throw new Error(`order ${id}: ${response.status}`)
  return response.json()
}

console.log(await Promise.all([order(1), order(2), order(3)]))
