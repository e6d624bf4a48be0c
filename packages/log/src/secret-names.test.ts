import { describe, expect, it } from 'vitest'
import { isSecretName, lettersOf } from './secret-names.ts'

describe('a name that is secret', () => {
  it.each([
    ...['Authorization', 'proxy-authorization', 'Cookie', 'SET-COOKIE', 'X-API-Key', 'api-key', 'apikey', 'Api_Key'],
    ...[
      'x-auth-token',
      'X-Amz-Security-Token',
      'X-Amz-Signature',
      'X-Amz-Credential',
      'X-Goog-Signature',
      'sig',
      'key',
    ],
    ...['access_token', 'refreshToken', 'id_token', 'client_secret', 'password', 'passwd', 'pwd', 'code', 'session_id'],
    ...[
      'Ocp-Apim-Subscription-Key',
      'SHARED-KEY',
      'subscriptionKey',
      'X-CSRF-Token',
      'assertion',
      'otp',
      'user[password]',
    ],
  ])('is %s', (name) => expect(isSecretName(name)).toBe(true))

  it('is one that was named, in any spelling', () => {
    const more = new Set([lettersOf('X-Tenant_Id')])
    expect(isSecretName('xTenantID', more)).toBe(true)
    expect(isSecretName('tenant', more)).toBe(false)
  })
})

describe('a name that is not', () => {
  it.each([
    ...['content-type', 'accept', 'host', 'user-agent', 'page', 'q', 'monkey', 'x-request-id', 'idempotency-key'],
    ...['location', 'etag', 'www-authenticate', 'status', 'zip_code', 'signal', ''],
  ])('is %s', (name) => expect(isSecretName(name)).toBe(false))
})
