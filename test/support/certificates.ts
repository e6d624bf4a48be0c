import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP, isIPv6 } from 'node:net'
import * as der from './der.ts'

/** A private key and its certificate, in PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

export interface ServerCertificateOptions {
  /** The names and addresses that it is valid for. @default localhost, 127.0.0.1 and ::1 */
  readonly hosts?: readonly string[]
  /** Valid until yesterday. @default false */
  readonly expired?: boolean
}

/** A certificate authority that exists in memory only. */
export interface Authority {
  /** What has to be trusted, in PEM. */
  readonly cert: string
  /** A server's certificate. */
  issue(options?: ServerCertificateOptions): Certificate
  /** A client's certificate, for mutual TLS. */
  issueClient(name?: string): Certificate
}

interface Draft {
  readonly subject: string
  readonly extensions: readonly Uint8Array[]
  readonly expired?: boolean
}

interface Issuer {
  readonly name: string
  readonly privateKey: KeyObject
}

const localHosts = ['localhost', '127.0.0.1', '::1']
const day = 86_400_000
const ecdsaWithSha256 = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'))
const serverUse = '1.3.6.1.5.5.7.3.1'
const clientUse = '1.3.6.1.5.5.7.3.2'

/** Makes an authority; keys are ECDSA P-256, and everything it signs is valid for a month. */
export function createAuthority(name = 'steadfetch test authority'): Authority {
  const keys = keyPair()
  const issuer = { name, privateKey: keys.privateKey }
  const certificate = certify(
    keys,
    { subject: name, extensions: [basicConstraints(true), keyUsage(0b0000_0110, 1)] },
    issuer,
  )
  return {
    cert: certificate.cert,
    issue: (options) => certify(keyPair(), serverDraft(options), issuer),
    issueClient: (subject = 'steadfetch test client') =>
      certify(keyPair(), { subject, extensions: leafExtensions(clientUse) }, issuer),
  }
}

/** A server's certificate that no authority has signed. */
export function selfSigned(options?: ServerCertificateOptions): Certificate {
  const keys = keyPair()
  const draft = serverDraft(options)
  return certify(keys, draft, { name: draft.subject, privateKey: keys.privateKey })
}

function serverDraft({ hosts = localHosts, expired = false }: ServerCertificateOptions = {}): Draft {
  const names = extension('2.5.29.17', der.sequence(...hosts.map(generalName)))
  return { subject: hosts[0] ?? 'nobody', extensions: [...leafExtensions(serverUse), names], expired }
}

/** RFC 5280, section 4.1. */
function certify(keys: KeyPair, { subject, extensions, expired = false }: Draft, issuer: Issuer): Certificate {
  const end = Date.now() + (expired ? -day : 30 * day)
  const body = der.sequence(
    der.tagged(0, der.integer([2]), true),
    der.integer(Buffer.concat([Uint8Array.of(1), randomBytes(15)])),
    ecdsaWithSha256,
    distinguishedName(issuer.name),
    der.sequence(der.utcTime(new Date(end - 32 * day)), der.utcTime(new Date(end))),
    distinguishedName(subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der.tagged(3, der.sequence(...extensions), true),
  )
  const signature = sign('sha256', body, issuer.privateKey)
  return {
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(der.sequence(body, ecdsaWithSha256, der.bitString(signature))),
  }
}

type KeyPair = ReturnType<typeof keyPair>

function keyPair(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function leafExtensions(use: string): Uint8Array[] {
  const extendedKeyUsage = extension('2.5.29.37', der.sequence(der.objectIdentifier(use)))
  return [basicConstraints(false), keyUsage(0b1000_0000, 7), extendedKeyUsage]
}

function basicConstraints(authority: boolean): Uint8Array {
  return extension('2.5.29.19', authority ? der.sequence(der.boolean(true)) : der.sequence(), true)
}

function keyUsage(bits: number, unusedBits: number): Uint8Array {
  return extension('2.5.29.15', der.bitString([bits], unusedBits), true)
}

function extension(identifier: string, content: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? [der.boolean(true)] : []
  return der.sequence(der.objectIdentifier(identifier), ...flag, der.octetString(content))
}

function distinguishedName(commonName: string): Uint8Array {
  return der.sequence(der.set(der.sequence(der.objectIdentifier('2.5.4.3'), der.utf8String(commonName))))
}

function generalName(host: string): Uint8Array {
  return isIP(host) === 0 ? der.tagged(2, Buffer.from(host)) : der.tagged(7, addressBytes(host))
}

function addressBytes(address: string): number[] {
  if (!isIPv6(address)) return address.split('.').map(Number)
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff])
}

function pem(certificate: Uint8Array): string {
  const lines = Buffer.from(certificate)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}
