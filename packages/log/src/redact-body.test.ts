import { describe, expect, it } from 'vitest'
import { redactBody } from './redact-body.ts'
import { Redaction } from './redaction.ts'

const redaction = new Redaction({})
const shown = (text: string): string => new TextDecoder().decode(redactBody(new TextEncoder().encode(text), redaction))

describe('the body of a call', () => {
  it.each([
    ['{ "a": [1, 2],\n "ä": "ö" }', '{ "a": [1, 2],\n "ä": "ö" }'],
    [
      '{"a":{"password":"S3CRET"},"tokens":["S3CRET"],"u":"http://u:S3CRET@a/"}',
      '{"a":{"password":"REDACTED"},"tokens":"REDACTED","u":"http://REDACTED@a/"}',
    ],
    [
      'grant_type=client_credentials&client_secret=S3CRET&x=1',
      'grant_type=client_credentials&client_secret=REDACTED&x=1',
    ],
    ['{ not JSON, password: S3CRET', '{ not JSON, password: REDACTED'],
    ['grün und gut', 'grün und gut'],
    [
      '<login a="1"><user>x</user><password>S3 CRET</password><wsse:Password T="a">S3&amp;CRET</wsse:Password></login>',
      '<login a="1"><user>x</user><password>REDACTED</password><wsse:Password T="a">REDACTED</wsse:Password></login>',
    ],
    ['<credentials>\n <a>S3CRET</a>\n</credentials><b>1</b>', '<credentials>REDACTED</credentials><b>1</b>'],
    ['<token/><token></token><b>1</b>', '<token/><token></token><b>1</b>'],
    ['<password><![CDATA[S3<CRET>]]></password><b/>', '<password>REDACTED</password><b/>'],
    ['<a><password>S3CRET', '<a><password>REDACTED'],
    [String.raw`{"a":"{\"token\":\"S3CRET\"}"}`, String.raw`{"a":"{\"token\":\"REDACTED\"}"}`],
    [
      '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nS3\nCRET\r\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--',
      '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nREDACTED\r\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--',
    ],
  ])('%s is shown as %s', (text, expected) => expect(shown(text)).toBe(expected))

  it('that is no text stays what it is', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    expect(redactBody(bytes, redaction)).toEqual(bytes)
  })
})
