import { once } from 'node:events'

/** What Chromium is told and asked with. */
export interface DevTools {
  /** @throws {Error} what the browser answers with, or that it is gone. */
  call<Result>(method: string, parameters?: object): Promise<Result>
  on<Parameters>(event: string, listener: (parameters: Parameters) => void): void
  close(): void
}

interface Message {
  /** That of a call; an event has none. */
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
  readonly method?: string
  readonly params?: unknown
}

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** Connects to the page, or the browser, whose address this is. */
export async function connectDevTools(url: string): Promise<DevTools> {
  const socket = new WebSocket(url)
  const waiting = new Map<number, Waiting>()
  const listeners = new Map<string, (parameters: unknown) => void>()
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error, method = '', params }: Message = JSON.parse(String(data))
    if (id === undefined) {
      listeners.get(method)?.(params)
      return
    }
    if (error) waiting.get(id)?.reject(new Error(error.message))
    else waiting.get(id)?.resolve(result)
    waiting.delete(id)
  })
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the browser is gone'))
    waiting.clear()
  })
  await once(socket, 'open')

  let calls = 0
  return {
    call<Result>(method: string, params: object = {}) {
      return new Promise<Result>((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) throw new Error('the browser is gone')
        calls += 1
        waiting.set(calls, { resolve: (result) => resolve(result as Result), reject })
        socket.send(JSON.stringify({ id: calls, method, params }))
      })
    },
    on: (event, listener) => void listeners.set(event, (parameters) => listener(parameters as never)),
    close: () => socket.close(),
  }
}
