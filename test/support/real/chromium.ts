import { join } from 'node:path'
import { connectDevTools, type DevTools } from './devtools.ts'
import { type Program, type RunningProgram, startProgram } from './program.ts'

export const chromium: Program = { binary: 'chromium', package: 'chromium' }

/** As the browser keeps it. */
export interface BrowserCookie {
  readonly name: string
  readonly value: string
  /** With a dot in front where it is for subdomains as well. */
  readonly domain: string
  readonly path: string
  /** In seconds; -1 for the session. */
  readonly expires: number
  readonly session: boolean
  readonly httpOnly: boolean
  readonly secure: boolean
  /** Absent where the server gave none that the browser knows. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None'
}

/** A browser with one page. */
export interface Chromium extends RunningProgram {
  /**
   * Resolves when the document, which a server may have redirected to, has loaded all that it needs.
   *
   * @throws {Error} with Chromium's name for it, where there is none to show: refused, 204, or 4xx and 5xx without a body.
   */
  visit(url: string): Promise<void>
  /** What a reader of the page sees. */
  text(): Promise<string>
  /** What an expression comes to in the page, as JSON has it; a promise is awaited. */
  evaluate(expression: string): Promise<unknown>
  /** Of all sites. */
  cookies(): Promise<readonly BrowserCookie[]>
  clearCookies(): Promise<void>
}

/** A Chromium that finds every name on the loopback, so that it asks nobody else, and believes every certificate. */
export async function startChromium(): Promise<Chromium> {
  const program = await startProgram(chromium, (port, directory) => [
    ...['--headless=new', '--disable-gpu', `--user-data-dir=${join(directory, 'profile')}`],
    // What root, and a container, may need.
    ...['--no-sandbox', '--disable-dev-shm-usage'],
    ...['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ...[`--remote-debugging-port=${port}`, '--no-proxy-server', '--host-resolver-rules=MAP * 127.0.0.1'],
    // What is asked for by http: stays http:.
    ...['--disable-features=HttpsUpgrades,HttpsFirstBalancedMode', '--ignore-certificate-errors'],
  ])
  try {
    const created = await fetch(`http://127.0.0.1:${program.port}/json/new?about:blank`, { method: 'PUT' })
    const { webSocketDebuggerUrl } = (await created.json()) as { webSocketDebuggerUrl: string }
    const devTools = await connectDevTools(webSocketDebuggerUrl)
    const stop = async (): Promise<void> => {
      devTools.close()
      await program[Symbol.asyncDispose]()
    }
    return { ...program, ...(await pageOf(devTools)), [Symbol.asyncDispose]: stop }
  } catch (error) {
    await program[Symbol.asyncDispose]()
    throw error
  }
}

async function pageOf({ call, on }: DevTools): Promise<Omit<Chromium, keyof RunningProgram>> {
  /** By the loader of the document, of which a redirect makes no new one. */
  const loads = new Map<string, PromiseWithResolvers<void>>()
  const loadOf = (loader: string): PromiseWithResolvers<void> => {
    const load = loads.get(loader) ?? Promise.withResolvers<void>()
    loads.set(loader, load)
    return load
  }
  on<{ loaderId: string; name: string }>('Page.lifecycleEvent', ({ loaderId, name }) => {
    if (name === 'load') loadOf(loaderId).resolve()
  })
  await call('Page.enable')
  await call('Page.setLifecycleEventsEnabled', { enabled: true })

  const visit = async (url: string): Promise<void> => {
    const { loaderId, errorText } = await call<{ loaderId?: string; errorText?: string }>('Page.navigate', { url })
    if (errorText) throw new Error(`chromium: ${errorText}: ${url}`)
    // A visit to a fragment of the same document loads none.
    if (loaderId) await loadOf(loaderId).promise
  }
  const evaluate = async (expression: string): Promise<unknown> => {
    const options = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await call<Evaluated>('Runtime.evaluate', options)
    if (exceptionDetails) {
      throw new Error(`chromium: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`)
    }
    return result.value
  }
  return {
    visit,
    evaluate,
    text: async () => String(await evaluate(`document.body?.innerText ?? ''`)),
    cookies: async () => (await call<{ cookies: BrowserCookie[] }>('Storage.getCookies')).cookies,
    clearCookies: () => call('Storage.clearCookies'),
  }
}

interface Evaluated {
  readonly result: { readonly value?: unknown }
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } }
}
