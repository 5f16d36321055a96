import { request } from 'node:http'
import { expect, test } from 'vitest'
import { createEmulator } from '../index.ts'
import type { Emulator, IssueTokenInput } from '../index.ts'
import type { Loose } from '../__fixtures__/caller.ts'

async function get(
  emulator: Emulator,
  path: string,
  authorization?: string,
): Promise<{ status: number; json: Loose }> {
  const response = await fetch(emulator.url + path, {
    headers: { 'user-agent': 'copilot-proxy', ...(authorization && { authorization }) },
  })
  return { status: response.status, json: (await response.json()) as Loose }
}

const EXCHANGES: readonly [token: IssueTokenInput, status: number, message?: string][] = [
  [{ kind: 'ghu' }, 200],
  [{ kind: 'gho', app: 'vscode' }, 200],
  [{ kind: 'ghs' }, 200],
  [{ kind: 'gho', app: 'opencode' }, 404, 'Not Found'],
  [{ kind: 'gho', app: 'gh' }, 404, 'Not Found'],
  [{ kind: 'gho', app: 'copilot-cli' }, 404, 'Not Found'],
  [{ kind: 'github_pat' }, 403, 'Resource not accessible by personal access token'],
  [{ kind: 'ghp' }, 403, 'Resource not accessible by personal access token'],
]

for (const [token, status, message] of EXCHANGES) {
  for (const scheme of ['token', 'Bearer', 'bearer']) {
    test(`the exchange answers ${status} to ${Object.values(token).join(' ')} by ${scheme}`, async () => {
      await using emulator = await createEmulator()
      const { value } = emulator.control.tokens.issue(token)
      const answered = await get(emulator, '/copilot_internal/v2/token', `${scheme} ${value}`)
      expect([answered.status, answered.json['message']]).toEqual([status, message])
      expect(emulator.control.counters.read().exchanges).toBe(status === 200 ? 1 : 0)
    })
  }
}

test('an exchanged token has the grammar and the lifetime that are set', async () => {
  await using emulator = await createEmulator({
    tokenLifetimeSeconds: 90,
    tokenRefreshInSeconds: 30,
  })
  const { value } = emulator.control.tokens.issue()
  const { json } = await get(emulator, '/copilot_internal/v2/token', `token ${value}`)
  expect(json['token']).toMatch(
    /^tid=[0-9a-f]{32};exp=\d+;sku=monthly_subscriber;proxy-ep=[^;]+;st=dotcom;chat=1;.*:[0-9a-f]{64}$/,
  )
  const nowSeconds = emulator.control.clock.read().now / 1000
  expect(Number(json['expires_at']) - nowSeconds).toBeLessThanOrEqual(90)
  expect(Number(json['expires_at']) - nowSeconds).toBeGreaterThan(60)
  expect(json['refresh_in']).toBe(30)
  expect(json['endpoints']['api']).toBe(emulator.url)
  expect(json['limited_user_quotas']).toBe(null)
})

test('the clock of GitHub can be off against the client', async () => {
  await using emulator = await createEmulator()
  emulator.control.clock.shift({ seconds: -7200 })
  const { value } = emulator.control.tokens.issue()
  const { json } = await get(emulator, '/copilot_internal/v2/token', `token ${value}`)
  expect(Number(json['expires_at']) * 1000).toBeLessThan(Date.now())
})

test('a free account tells its quotas, in the token and beside it', async () => {
  await using emulator = await createEmulator({
    accounts: [{ login: 'octo', plan: 'free', quotas: { chat: { remaining: 3 } } }],
  })
  const { value } = emulator.control.tokens.issue()
  const { json } = await get(emulator, '/copilot_internal/v2/token', `token ${value}`)
  expect(json['sku']).toBe('free_limited_copilot')
  expect(json['limited_user_quotas']).toEqual({ chat: 3, completions: 2000 })
  expect(json['limited_user_reset_date']).toBeTypeOf('number')
  expect(json['token']).toContain(';cq=3;rd=')
  const user = await get(emulator, '/copilot_internal/user', `token ${value}`)
  expect(user.json['monthly_quotas']).toEqual({ chat: 200, completions: 2000 })
  expect(user.json['limited_user_quotas']['chat']).toBe(3)
  expect(user.json['copilot_plan']).toBe('individual')
})

test('an account without a seat gets the reason, with the id of its notification', async () => {
  await using emulator = await createEmulator({
    accounts: [{ login: 'octo', entitled: false, refusal: 'subscription_ended' }],
  })
  const { value } = emulator.control.tokens.issue()
  const { status, json } = await get(emulator, '/copilot_internal/v2/token', `token ${value}`)
  expect(status).toBe(403)
  expect(json['error_details']['notification_id']).toBe('subscription_ended')
  expect(json['error_details']['url']).toContain('https://github.com/')
  expect(json['message']).toBe('Resource not accessible by integration')
  expect((await get(emulator, '/copilot_internal/user', `token ${value}`)).status).toBe(404)
})

const BAD: readonly [what: string, authorization: string | undefined, message: string][] = [
  ['no token', undefined, 'Requires authentication'],
  ['a token nobody issued', 'token ghu_nothing', 'Bad credentials'],
  ['another scheme', 'Basic ghu_nothing', 'Bad credentials'],
]

for (const [what, authorization, message] of BAD) {
  for (const path of ['/user', '/copilot_internal/user', '/copilot_internal/v2/token']) {
    test(`${path} answers 401 to ${what}`, async () => {
      await using emulator = await createEmulator()
      const { status, json } = await get(emulator, path, authorization)
      expect([status, json['message'], json['status']]).toEqual([401, message, '401'])
    })
  }
}

test('a revoked token is refused by the exchange; the Copilot token made from it lives on', async () => {
  await using emulator = await createEmulator()
  const { value } = emulator.control.tokens.issue()
  const first = await get(emulator, '/copilot_internal/v2/token', `token ${value}`)
  expect(emulator.control.tokens.revoke({ token: value })).toBe(1)
  expect((await get(emulator, '/copilot_internal/v2/token', `token ${value}`)).status).toBe(401)
  const models = await fetch(`${emulator.url}/models`, {
    headers: {
      authorization: `Bearer ${first.json['token']}`,
      'editor-version': 'vscode/1.99.2',
      'x-github-api-version': '2025-04-01',
    },
  })
  expect(models.status).toBe(200)
})

test('without a user agent GitHub answers 403, whoever asks', async () => {
  await using emulator = await createEmulator()
  const { value } = emulator.control.tokens.issue()
  const [status, type] = await new Promise<[number | undefined, string | undefined]>(
    (resolve, reject) => {
      request(
        `${emulator.url}/copilot_internal/v2/token`,
        { headers: { authorization: `token ${value}` } },
        (response) => {
          response.resume()
          resolve([response.statusCode, response.headers['content-type']])
        },
      )
        .on('error', reject)
        .end()
    },
  )
  expect([status, type]).toEqual([403, 'text/html; charset=utf-8'])
})

test('the user answer shows quotas of every kind: unlimited, negative, by credits', async () => {
  await using emulator = await createEmulator({
    accounts: [
      {
        login: 'octo',
        plan: 'business',
        tokenBasedBilling: true,
        organizations: [{ login: 'acme', name: 'Acme' }],
        quotas: { premium_interactions: { entitlement: 300, remaining: -1 } },
      },
    ],
  })
  const { value } = emulator.control.tokens.issue({ kind: 'gho', app: 'gh' })
  const { json } = await get(emulator, '/copilot_internal/user', `Bearer ${value}`)
  expect(json['token_based_billing']).toBe(true)
  expect(json['organization_login_list']).toEqual(['acme'])
  const { chat, premium_interactions: premium } = json['quota_snapshots'] as unknown as Record<
    string,
    Loose
  >
  expect(chat).toMatchObject({ unlimited: true, entitlement: 0, percent_remaining: 100 })
  expect(premium).toMatchObject({
    unlimited: false,
    entitlement: 300,
    remaining: -1,
    quota_remaining: -1,
    percent_remaining: -0.33,
    overage_count: 1,
    has_quota: false,
  })
})

test('hosts can disagree, and can be hostile', async () => {
  await using emulator = await createEmulator({
    accounts: [
      {
        login: 'octo',
        endpoints: {
          token: 'https://evil.example',
          user: 'https://api.business.githubcopilot.com',
        },
      },
      { login: 'other' },
    ],
    endpointsApi: 'http://169.254.169.254',
  })
  const { value } = emulator.control.tokens.issue({ login: 'octo' })
  const token = await get(emulator, '/copilot_internal/v2/token', `token ${value}`)
  const user = await get(emulator, '/copilot_internal/user', `token ${value}`)
  expect(token.json['endpoints']['api']).toBe('https://evil.example')
  expect(user.json['endpoints']['api']).toBe('https://api.business.githubcopilot.com')
  const other = emulator.control.tokens.exchange({ login: 'other' })
  expect(other.endpoints['api']).toBe('http://169.254.169.254')
})

test('GraphQL and the billing answer know the same account', async () => {
  await using emulator = await createEmulator({ accounts: [{ login: 'octo', plan: 'enterprise' }] })
  const { value } = emulator.control.tokens.issue()
  const response = await fetch(`${emulator.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${value}`, 'user-agent': 'Zed' },
    body: JSON.stringify({ query: 'query{viewer{copilotEndpoints{api}}}' }),
  })
  expect(await response.json()).toEqual({
    data: { viewer: { copilotEndpoints: { api: emulator.url } } },
  })
  const billing = await get(emulator, '/user/copilot_billing', `token ${value}`)
  expect(billing.json).toEqual({ seat: { plan: { plan_type: 'enterprise' } } })
  expect((await get(emulator, '/user', `token ${value}`)).json['login']).toBe('octo')
})

test('paths only some clients ask for are not found, in the form of their service', async () => {
  await using emulator = await createEmulator()
  const github = await fetch(
    `${emulator.url}/copilot_internal/managed_settings?client_id=github/cli`,
  )
  expect([github.status, ((await github.json()) as Loose)['message']]).toEqual([404, 'Not Found'])
  for (const path of ['/telemetry', '/mcp/readonly', '/agents/swe/internal/memory/v0/enabled']) {
    const response = await fetch(emulator.url + path, { method: 'POST', body: 'x' })
    expect([response.status, await response.text()]).toEqual([404, '404 page not found\n'])
  }
  const ping = await fetch(`${emulator.url}/_ping`)
  expect(ping.status).toBe(200)
})

test('the enterprise server form of the paths is answered too', async () => {
  await using emulator = await createEmulator()
  const { value } = emulator.control.tokens.issue()
  const { status } = await get(emulator, '/api/v3/copilot_internal/v2/token', `token ${value}`)
  expect(status).toBe(200)
})
