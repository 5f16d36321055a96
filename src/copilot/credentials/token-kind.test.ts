import { expect, test } from 'vitest'
import { firstWay, maskToken, redactTokens, tokenKind } from './token-kind.ts'
import { parseApiToken } from './api-token.ts'

for (const [token, kind, way, masked] of [
  ['ghu_0123456789abcdefghijkl', 'ghu', 'exchange', 'ghu_…ijkl'],
  ['gho_0123456789abcdefghijkl', 'gho', 'direct', 'gho_…ijkl'],
  ['github_pat_0123456789abcdefghijkl', 'github_pat', 'direct', 'github_pat_…ijkl'],
  ['ghs_0123456789abcdefghijkl', 'ghs', 'direct', 'ghs_…ijkl'],
  ['ghp_0123456789abcdefghijkl', 'ghp', 'exchange', 'ghp_…ijkl'],
  ['0123456789abcdef0123456789abcdef01234567', 'other', 'exchange', '…4567'],
  ['tid=1;exp=2:ab', 'tid', 'exchange', 'tid=…'],
  ['ghu_short', 'ghu', 'exchange', 'ghu_…'],
] as const) {
  test(`${masked} is of kind ${kind} and tried by ${way} first`, () => {
    expect(tokenKind(token)).toBe(kind)
    expect(firstWay(kind)).toBe(way)
    expect(maskToken(token)).toBe(masked)
  })
}

test('text of others loses its secrets', () => {
  expect(redactTokens('bad token tid=1;exp=2:ab, and "ghu_0123456789abcdefghijkl"!')).toBe(
    'bad token tid=…, and "ghu_…ijkl"!',
  )
})

test('a Copilot API token says who, until when, and where', () => {
  const fields = parseApiToken(
    'tid=0a1b;exp=1790000000;sku=free_educational;proxy-ep=proxy.individual.githubcopilot.com;st=dotcom;chat=1;cit=1;ol=a,b:5f0e;exp=1',
  )
  expect(fields).toMatchObject({
    trackingId: '0a1b',
    expiresAt: 1_790_000_000,
    sku: 'free_educational',
    proxyEndpoint: 'proxy.individual.githubcopilot.com',
    site: 'dotcom',
  })
  expect(fields?.fields.get('ol')).toBe('a,b')
  expect(parseApiToken('tid=0a1b')).toMatchObject({ expiresAt: undefined })
  for (const other of ['ghu_1', '', 'tid=', 'tid=;exp=1', 'exp=1;tid=2']) {
    expect(parseApiToken(other)).toBeUndefined()
  }
})
