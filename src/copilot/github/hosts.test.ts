import { describe, expect, test } from 'vitest'
import { configuredHosts } from './hosts.ts'
import { checkNamedBase, checkOperatorBase } from './origin.ts'

describe('hosts', () => {
  test('of github.com', () => {
    expect(configuredHosts({}).hostsFor('github.com')).toEqual({
      clientId: 'Iv1.b507a08c87ecfe98',
      deviceCodeUrl: 'https://github.com/login/device/code',
      accessTokenUrl: 'https://github.com/login/oauth/access_token',
      exchangeUrl: 'https://api.github.com/copilot_internal/v2/token',
      accountUrl: 'https://api.github.com/copilot_internal/user',
      explicitApi: undefined,
      defaultApi: { origin: 'https://api.githubcopilot.com', basePath: '' },
      trust: { loopback: false, tenants: [] },
    })
  })

  test('of a GHE.com tenant, told by any one of its addresses', () => {
    for (const [name, value] of [
      ['GITHUB_COPILOT_DEVICE_CODE_URL', 'https://acme.ghe.com/login/device/code'],
      ['GITHUB_COPILOT_API_KEY_URL', 'https://api.acme.ghe.com/copilot_internal/v2/token'],
      ['GITHUB_COPILOT_API_BASE', 'https://copilot-api.acme.ghe.com'],
    ] as const) {
      const { host, hostsFor } = configuredHosts({ [name]: value })
      expect(host).toBe('acme.ghe.com')
      expect(hostsFor(host)).toMatchObject({
        accessTokenUrl: 'https://acme.ghe.com/login/oauth/access_token',
        exchangeUrl: 'https://api.acme.ghe.com/copilot_internal/v2/token',
        accountUrl: 'https://api.acme.ghe.com/copilot_internal/user',
        defaultApi: { origin: 'https://copilot-api.acme.ghe.com' },
      })
    }
  })

  test('a tenant with the exchange of a server keeps it', () => {
    const { hostsFor } = configuredHosts({
      GITHUB_COPILOT_API_KEY_URL: 'https://acme.ghe.com/api/v3/copilot_internal/v2/token',
    })
    expect(hostsFor('acme.ghe.com')).toMatchObject({
      exchangeUrl: 'https://acme.ghe.com/api/v3/copilot_internal/v2/token',
      accountUrl: 'https://acme.ghe.com/api/v3/copilot_internal/user',
    })
  })

  test('of a GitHub Enterprise Server', () => {
    const { host, hostsFor } = configuredHosts({
      GITHUB_COPILOT_DEVICE_CODE_URL: 'https://git.acme.example/login/device/code',
    })
    expect(host).toBe('git.acme.example')
    expect(hostsFor(host)).toMatchObject({
      exchangeUrl: 'https://git.acme.example/api/v3/copilot_internal/v2/token',
      defaultApi: { origin: 'https://api.githubcopilot.com' },
    })
  })

  test('of an emulator: what is not set stays on this machine too', () => {
    const { hostsFor } = configuredHosts({
      GITHUB_COPILOT_API_KEY_URL: 'http://127.0.0.1:4141/copilot_internal/v2/token',
    })
    expect(hostsFor('github.com')).toMatchObject({
      deviceCodeUrl: 'http://127.0.0.1:4141/login/device/code',
      defaultApi: { origin: 'http://127.0.0.1:4141' },
      trust: { loopback: true },
    })
  })

  test('an explicit base wins, and a proxy on loopback for it changes nothing else', () => {
    const hosts = configuredHosts({ GITHUB_COPILOT_API_BASE: 'http://localhost:8080/log/' })
    expect(hosts.hostsFor('github.com')).toMatchObject({
      exchangeUrl: 'https://api.github.com/copilot_internal/v2/token',
      explicitApi: { origin: 'http://localhost:8080', basePath: '/log' },
      trust: { loopback: false },
    })
  })

  for (const value of [
    'http://api.github.com/copilot_internal/v2/token',
    'ftp://api.github.com/',
    'https://user:secret@api.github.com/',
    'not a url',
  ]) {
    test(`${value} is refused by name`, () => {
      expect(() => configuredHosts({ GITHUB_COPILOT_API_KEY_URL: value })).toThrow(
        /^GITHUB_COPILOT_API_KEY_URL cannot be used: /,
      )
    })
  }
})

describe('a base named by an answer', () => {
  const trust = { tenants: ['acme.ghe.com'], loopback: false }

  for (const url of [
    'https://api.individual.githubcopilot.com',
    'https://api.business.githubcopilot.com/',
    'https://githubcopilot.com',
    'https://copilot-api.acme.ghe.com',
  ]) {
    test(`${url} is used`, () => {
      expect(checkNamedBase(url, trust)).toMatchObject({ ok: true })
    })
  }

  for (const url of [
    'http://api.individual.githubcopilot.com',
    'https://api.individual.githubcopilot.com:8443',
    'https://user@api.individual.githubcopilot.com',
    'https://api.individual.githubcopilot.com?x=1',
    'https://evilgithubcopilot.com',
    'https://githubcopilot.com.evil.example',
    'https://copilot-api.other.ghe.com',
    'https://ghe.com',
    'https://127.0.0.1',
    'http://localhost:4141',
    'https://[::1]/',
    'javascript:alert(1)',
    '',
  ]) {
    test(`${url} is not`, () => {
      expect(checkNamedBase(url, trust)).toMatchObject({ ok: false })
    })
  }

  test('an emulator may name its ports when the sign-in itself is on this machine', () => {
    expect(checkNamedBase('http://127.0.0.1:9', { tenants: [], loopback: true })).toMatchObject({
      ok: true,
      base: { origin: 'http://127.0.0.1:9' },
    })
  })
})

test('an operator names what they like, but no bearer goes over plain http to another machine', () => {
  expect(checkOperatorBase('https://proxy.corp:8443/copilot/')).toEqual({
    ok: true,
    base: { origin: 'https://proxy.corp:8443', basePath: '/copilot' },
  })
  expect(checkOperatorBase('http://127.0.0.1:1/')).toMatchObject({ ok: true })
  expect(checkOperatorBase('http://127.0.0.1.evil.example/')).toMatchObject({ ok: false })
  expect(checkOperatorBase('http://proxy.corp/')).toMatchObject({ ok: false })
})
