import { createHash } from 'node:crypto'

/** What the server's `/echo` says that it has received. */
export interface Echo {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly length: number
  readonly sha256: string
}

export async function echoOf(calling: Promise<Response>): Promise<Echo> {
  return (await calling).json()
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
