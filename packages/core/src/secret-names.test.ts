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
    ...['x-auth', 'X-OTP', 'x-pin', 'x_hmac', 'xSid', 'x-user-pin', 'user[otp]', 'db_pass', 'connect.sid', 'x-code'],
    ...['client_assertion', 'code_verifier', 'device_code', 'auth_code', 'passkey', 'psk', 'loginTicket', 'x-ticket'],
    ...['dpop', 'DPoP', 'x-ms-client-principal', 'x-honeycomb-team', 'bearer', 'passcode', 'csrf', '_xsrf'],
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
    ...['x-idempotency-key', 'x-forwarded-for', 'x-author', 'spinning', 'x', 'country-code', 'x-bypass', 'authority'],
  ])('is %s', (name) => expect(isSecretName(name)).toBe(false))
})
