import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import https from 'node:https'
import type { SecureContextOptions } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { type Certificate, createAuthority, selfSigned } from './certificates.ts'
import { type FaultServer, type FaultServerTls, startFaultServer } from './fault-server.ts'

const authority = createAuthority()
const open: FaultServer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function serve(certificate: Certificate, options: Partial<FaultServerTls> = {}): Promise<FaultServer> {
  const server = await startFaultServer({ tls: { ...certificate, ...options } })
  open.push(server)
  return server
}

/** The status of an exchange, or the code of its failure. */
async function outcome(server: FaultServer, trust: SecureContextOptions, host = '127.0.0.1'): Promise<unknown> {
  const url = server.url('/json').replace('127.0.0.1', host)
  try {
    const request = https.get(url, { ...trust, agent: false, family: 4 })
    const [response] = await once(request, 'response')
    response.resume()
    return response.statusCode
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

describe('certificates', () => {
  it('of a server are accepted where the authority is trusted', async () => {
    const server = await serve(authority.issue())
    expect(await outcome(server, { ca: authority.cert })).toBe(200)
    expect(await outcome(server, { ca: authority.cert }, 'localhost')).toBe(200)
  })

  it('of a server are refused where the authority is not trusted', async () => {
    const server = await serve(authority.issue())
    expect(await outcome(server, {})).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    expect(await outcome(server, { ca: createAuthority('another').cert })).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  })

  it('are refused when they have expired', async () => {
    const server = await serve(authority.issue({ expired: true }))
    expect(await outcome(server, { ca: authority.cert })).toBe('CERT_HAS_EXPIRED')
  })

  it('are refused for a host that they do not name', async () => {
    const server = await serve(authority.issue({ hosts: ['wrong.test'] }))
    expect(await outcome(server, { ca: authority.cert })).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  it('are refused when nobody but themselves has signed them', async () => {
    const server = await serve(selfSigned())
    expect(await outcome(server, {})).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
    expect(await outcome(server, { ca: server.ca ?? '' })).toBe(200)
  })

  it('of a client open a server that asks for them', async () => {
    const server = await serve(authority.issue(), { clientCa: authority.cert })
    const ca = authority.cert
    expect(await outcome(server, { ca, ...authority.issueClient() })).toBe(200)
    expect(await outcome(server, { ca, ...createAuthority().issueClient() })).toMatch(/ALERT|ECONNRESET|EPIPE/)
    expect(await outcome(server, { ca })).toMatch(/ALERT_CERTIFICATE_REQUIRED|ECONNRESET|EPIPE/)
  })

  it('name localhost by name and by both its addresses', () => {
    const certificate = new X509Certificate(authority.issue().cert)
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate.subjectAltName).toContain('IP Address:0:0:0:0:0:0:0:1')
  })

  it('write any IPv6 address', () => {
    const certificate = new X509Certificate(
      authority.issue({ hosts: ['2001:db8::ff:1', '::', '1:2:3:4:5:6:7:8'] }).cert,
    )
    expect(certificate.subjectAltName?.replaceAll('IP Address:', '')).toBe(
      '2001:DB8:0:0:0:0:FF:1, 0:0:0:0:0:0:0:0, 1:2:3:4:5:6:7:8',
    )
  })

  it('tell an authority from what it has signed', () => {
    const root = new X509Certificate(authority.cert)
    const leaf = new X509Certificate(authority.issue().cert)
    expect([root.ca, leaf.ca]).toEqual([true, false])
    expect(leaf.checkIssued(root)).toBe(true)
    expect(leaf.verify(root.publicKey)).toBe(true)
  })
})
