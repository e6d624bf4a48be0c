declare module 'undici/lib/web/fetch/index.js' {
  import type { Fetch } from '@steadfetch/core'

  const undici: { readonly fetch: Fetch }
  export default undici
}
