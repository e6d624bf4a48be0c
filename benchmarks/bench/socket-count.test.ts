import { expect, test } from 'vitest'
import { SocketCount } from './socket-count.ts'

test('counts the requests of each path, and the sockets that they came over', () => {
  const [one, other] = [{}, {}]
  const counts = new SocketCount()
  for (const socket of [one, one, other]) counts.add('/0', socket)
  counts.add('/1', one)
  expect(counts.byPath()).toEqual({ '/0': { requests: 3, sockets: 2 }, '/1': { requests: 1, sockets: 1 } })
})
