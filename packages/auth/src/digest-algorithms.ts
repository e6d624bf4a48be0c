import { md5, sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha512, sha512_256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { bytesOf } from './byte-string.ts'

/** The hash of a byte string, in hexadecimal digits. */
export type Hash = (byteString: string) => string

/** An algorithm of the digest scheme: RFC 7616, section 3.3. */
export interface DigestAlgorithm {
  readonly hash: Hash
  /** Whether the secret is hashed once more with the nonces, for the session that they make. */
  readonly isSession: boolean
}

const hashes = new Map(
  Object.entries({
    MD5: md5,
    'SHA-256': sha256,
    'SHA-512-256': sha512_256,
    // In no standard, and on servers.
    'SHA-512': sha512,
    SHA: sha1,
  }),
)

/** The algorithm of that name, whatever its case; undefined where it is not known. */
export function digestAlgorithm(name: string): DigestAlgorithm | undefined {
  const [, base = '', session] = /^(.*?)(-SESS)?$/.exec(name.toUpperCase()) ?? []
  const hash = hashes.get(base)
  if (hash === undefined) return undefined
  return { hash: (byteString) => bytesToHex(hash(bytesOf(byteString))), isSession: session !== undefined }
}
