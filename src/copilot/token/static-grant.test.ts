import { describe, expect, test } from 'vitest'
import type { Credential } from '../credentials/credential.ts'
import { configuredHosts } from '../github/hosts.ts'
import { createBaseChooser } from './choose-base.ts'
import type { Grant, GrantRequest } from './grant.ts'
import { staticGrant } from './static-grant.ts'

const NOW = 1_790_000_000_000
const warnings: string[] = []

function grant(
  token: string,
  request: GrantRequest = { reason: 'first' },
  environment: Record<string, string> = {},
): Grant {
  const credential: Credential = {
    source: 'COPILOT_API_KEY',
    kind: 'tid',
    token,
    host: 'github.com',
    keepsFiles: false,
  }
  return staticGrant({
    credential,
    request,
    nowMs: NOW,
    hosts: configuredHosts(environment).hostsFor('github.com'),
    baseFor: createBaseChooser((_level, message) => warnings.push(message)),
  })
}

describe('a Copilot API token in hand', () => {
  for (const [name, token, environment, origin] of [
    [
      "of a plan goes to the plan's host",
      'tid=1;proxy-ep=proxy.business.githubcopilot.com:a',
      {},
      'https://api.business.githubcopilot.com',
    ],
    ['that names no host goes to the usual one', 'tid=1:a', {}, 'https://api.githubcopilot.com'],
    [
      'that names a stranger goes to the usual one',
      'tid=1;proxy-ep=proxy.evil.example:a',
      {},
      'https://api.githubcopilot.com',
    ],
    [
      'that names something else goes to the usual one',
      'tid=1;proxy-ep=copilot-proxy.x:a',
      {},
      'https://api.githubcopilot.com',
    ],
    [
      'goes where the operator says',
      'tid=1;proxy-ep=proxy.business.githubcopilot.com:a',
      { GITHUB_COPILOT_API_BASE: 'https://copilot.corp' },
      'https://copilot.corp',
    ],
    [
      'stays on this machine when the sign-in is there',
      'tid=1;proxy-ep=proxy.business.githubcopilot.com:a',
      { GITHUB_COPILOT_API_KEY_URL: 'http://127.0.0.1:9/copilot_internal/v2/token' },
      'http://127.0.0.1:9',
    ],
  ] as const) {
    test(name, () => {
      expect(grant(token, undefined, environment).base.origin).toBe(origin)
    })
  }

  test('that has expired, or is refused, says so', () => {
    expect(() => grant('tid=1;exp=1789999999:a')).toThrow(
      /token of COPILOT_API_KEY expired at 2026-09-21T/,
    )
    const old = grant('tid=1;exp=1790000600:a')
    expect(old.expiresAtMs).toBe(NOW + 600_000)
    expect(() => grant(old.bearer, { reason: 'refused', old })).toThrow(/is refused/)
    expect(() => grant(old.bearer, { reason: 'misdirected', old })).toThrow(
      /GITHUB_COPILOT_API_BASE/,
    )
    // Another one was put in place meanwhile.
    expect(grant('tid=2:a', { reason: 'refused', old }).bearer).toBe('tid=2:a')
  })
})
