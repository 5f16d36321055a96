import { expect, test } from 'vitest'
import { normaliseUrl } from './normalise-url.ts'

test.each([
  ['/', '/'],
  ['//', '/'],
  ['/v1/models', '/v1/models'],
  ['//v1///models', '/v1/models'],
  ['/v1/models/', '/v1/models'],
  ['/v1/models/?a=//b/', '/v1/models?a=//b/'],
  ['/v1/models?next=http://x//y', '/v1/models?next=http://x//y'],
  ['http://localhost:4000//v1//models', '/v1/models'],
  ['https://evil.example//v1/models?x=1', '/v1/models?x=1'],
])('%s → %s', (url, expected) => {
  expect(normaliseUrl(url)).toBe(expected)
})
