import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Authority, createAuthority } from '../certificates.ts'
import { freePort, type Program, type RunningProgram, startProgram } from './program.ts'

export const nginx: Program = { binary: 'nginx', package: 'nginx-light' }

export interface Nginx extends RunningProgram {
  readonly authority: Authority
  /** Each says `HTTP/1.1` or `HTTP/2.0`. */
  readonly urls: {
    readonly http: string
    /** TLS and HTTP/2. */
    readonly good: string
    readonly expired: string
    readonly wrongHost: string
    readonly selfSigned: string
    /** Wants the certificate of a client. */
    readonly mutual: string
  }
}

/** A web server with certificates, good ones and bad ones. */
export async function startNginx(): Promise<Nginx> {
  const authority = createAuthority()
  const certificates = {
    good: authority.issue(),
    expired: authority.issue({ expired: true }),
    wrongHost: authority.issue({ hosts: ['elsewhere.test'] }),
    selfSigned: createAuthority('a stranger').issue(),
    mutual: authority.issue(),
  }
  const names = ['good', 'expired', 'wrongHost', 'selfSigned', 'mutual'] as const
  const ports = await Promise.all(names.map(freePort))
  const program = await startProgram(nginx, (port, directory) => {
    const at = (name: string): string => join(directory, name)
    writeFileSync(at('authority.pem'), authority.cert)
    const servers = names.map((name, index) => {
      writeFileSync(at(`${name}.crt`), certificates[name].cert)
      writeFileSync(at(`${name}.key`), certificates[name].key)
      const mutual = `ssl_verify_client on; ssl_client_certificate ${at('authority.pem')};`
      return `server { listen 127.0.0.1:${ports[index]} ssl http2; ${name === 'mutual' ? mutual : ''}
        ssl_certificate ${at(`${name}.crt`)}; ssl_certificate_key ${at(`${name}.key`)};
        location / { return 200 "$server_protocol"; } }`
    })
    writeFileSync(
      at('nginx.conf'),
      `daemon off; pid ${at('pid')}; error_log ${at('error.log')}; worker_processes 1;
events { worker_connections 256; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${at(kind)};`).join('\n  ')}
  server { listen 127.0.0.1:${port}; location / { return 200 "$server_protocol"; } }
  ${servers.join('\n  ')}
}
`,
    )
    return ['-p', directory, '-e', at('error.log'), '-c', at('nginx.conf')]
  })
  const secured = Object.fromEntries(names.map((name, index) => [name, `https://127.0.0.1:${ports[index]}/`]))
  const urls = { http: `http://127.0.0.1:${program.port}/`, ...secured } as Nginx['urls']
  return { ...program, authority, urls }
}
