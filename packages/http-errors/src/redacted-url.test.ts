import { describe, expect, it } from 'vitest'
import { redactedUrl } from './redacted-url.ts'

describe('a URL as it is shown', () => {
  it.each([
    ['https://a.test/users?page=2', 'https://a.test/users?page=2'],
    ['https://a.test', 'https://a.test/'],
    ['https://a.test/#secret', 'https://a.test/'],
    ['https://user:hunter2@a.test/', 'https://REDACTED@a.test/'],
    ['https://token@a.test/', 'https://REDACTED@a.test/'],
    ['https://a.test/?api_key=s3cret&page=2', 'https://a.test/?api_key=REDACTED&page=2'],
    [
      'https://a.test/?API-Key=a&sig=b&X-Amz-Signature=c',
      'https://a.test/?API-Key=REDACTED&sig=REDACTED&X-Amz-Signature=REDACTED',
    ],
    ['https://a.test/?access%5Ftoken=s3cret', 'https://a.test/?access%5Ftoken=REDACTED'],
    ['https://a.test/?a=1;token=s3cret;b=2', 'https://a.test/?a=1;token=REDACTED;b=2'],
    ['https://a.test/?token=', 'https://a.test/?token='],
    ['https://a.test/?token', 'https://a.test/?token'],
    ['https://a.test/?a=%zz&token=%zz', 'https://a.test/?a=%zz&token=REDACTED'],
    ['https://a.test/;jsessionid=s3cret/x;v=1', 'https://a.test/;jsessionid=REDACTED/x;v=1'],
    ['https://a.test/?next=https%3A%2F%2Fb.test%2F', 'https://a.test/?next=https%3A%2F%2Fb.test%2F'],
    [
      'https://a.test/?next=https%3A%2F%2Fu%3Ap%40b.test%2F%3Ftoken%3Ds3cret',
      'https://a.test/?next=https%3A%2F%2FREDACTED%40b.test%2F%3Ftoken%3DREDACTED',
    ],
    ['data:text/plain,s3cret', 'data:REDACTED'],
    ['/users?token=s3cret', '/users'],
    ['users#s3cret', 'users'],
    ['//user:hunter2@a.test/', 'REDACTED'],
    ['', ''],
  ])('%s is %s', (url, shown) => {
    expect(redactedUrl(url)).toBe(shown)
  })
})
