import { expect, test } from 'vitest'
import { call } from '../__fixtures__/caller.ts'
import type { IssueTokenInput } from '../index.ts'

type Headers = Readonly<Record<string, string | undefined>>

const OUTDATED =
  'bad request: the specified API version is no longer supported. You may need to update your client to a newer version.\n'

const REFUSED: readonly [name: string, headers: Headers, status: number, body: string][] = [
  [
    'no Authorization',
    { authorization: undefined },
    400,
    'bad request: Authorization header is badly formatted\n',
  ],
  [
    'a key that is no token',
    { authorization: 'Bearer sk-123' },
    400,
    'bad request: Authorization header is badly formatted\n',
  ],
  [
    'the scheme token',
    { authorization: 'token gho_abc' },
    400,
    'bad request: Authorization header is badly formatted\n',
  ],
  ['an old API version', { 'x-github-api-version': '2024-12-15' }, 466, OUTDATED],
  ['a nonsense API version', { 'x-github-api-version': 'latest' }, 466, OUTDATED],
  [
    'no Editor-Version',
    { 'editor-version': undefined },
    400,
    'bad request: missing Editor-Version header for IDE auth\n',
  ],
  [
    'an unknown integration',
    { 'copilot-integration-id': 'my-tool' },
    403,
    'access to this endpoint is forbidden\n',
  ],
  [
    'the CLI integration with an exchanged token',
    { 'copilot-integration-id': 'copilot-developer-cli' },
    403,
    'token not authorized for this integration\n',
  ],
  [
    'a forged token',
    { authorization: 'Bearer tid=00;exp=9999999999:00' },
    401,
    'unauthorized: unauthorized: AuthenticateToken authentication failed\n',
  ],
  [
    'a GitHub token nobody issued',
    { authorization: 'Bearer gho_unknown', 'copilot-integration-id': undefined },
    401,
    'unauthorized: unauthorized: AuthenticateToken authentication failed\n',
  ],
]

for (const [name, headers, status, body] of REFUSED) {
  test(`${name} is refused with ${status}, in the original's words`, async () => {
    await using caller = await call()
    const answered = await caller.chat({}, headers)
    expect([answered.status, answered.text]).toEqual([status, body])
    expect(answered.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answered.headers.get('x-github-request-id')).toMatch(
      /^[0-9A-F]{4}:[0-9A-F]{6}:[0-9A-F]{6}:[0-9A-F]{6}:[0-9A-F]{8}$/,
    )
    const [record] = caller.emulator.control.requests.list()
    expect(record?.gate).not.toBe('passed')
    expect(caller.emulator.control.counters.read().billed).toEqual({})
  })
}

test('the gates stand in order: the first that refuses is the one that answers', async () => {
  await using caller = await call()
  const wrong: Record<string, string | undefined> = {
    authorization: 'nonsense',
    'x-github-api-version': '2020-01-01',
    'editor-version': undefined,
    'copilot-integration-id': 'my-tool',
  }
  const gates: (string | undefined)[] = []
  const mend: Record<string, string | undefined>[] = [
    {},
    { authorization: caller.headers()['authorization'] },
    { 'x-github-api-version': '2025-04-01' },
    { 'editor-version': 'vscode/1.99.2' },
    { 'copilot-integration-id': 'vscode-chat' },
  ]
  caller.emulator.control.accounts.update({
    login: 'octo',
    quotas: { premium_interactions: { remaining: 0 } },
  })
  for (const more of mend) {
    Object.assign(wrong, more)
    await caller.chat({ model: 'gpt-5.1', messages: [] }, wrong)
    gates.push(caller.emulator.control.requests.list().at(-1)?.gate)
  }
  caller.emulator.control.accounts.update({
    login: 'octo',
    quotas: { premium_interactions: { remaining: 1 } },
  })
  await caller.chat({ model: 'nothing', messages: [] })
  gates.push(caller.emulator.control.requests.list().at(-1)?.gate)
  await caller.chat({ messages: [] })
  gates.push(caller.emulator.control.requests.list().at(-1)?.gate)
  expect(gates).toEqual([
    'authorization',
    'api-version',
    'editor-version',
    'integration',
    'quota',
    'model',
    'body',
  ])
})

const PAT = 'Personal Access Tokens are not supported for this endpoint\n'
const S2S = 'GitHub App Server-To-Server Tokens are not supported for this endpoint\n'

const CREDENTIALS: readonly [token: IssueTokenInput, integration: string, expected: string][] = [
  [{ kind: 'ghu' }, 'vscode-chat', '200'],
  [{ kind: 'ghu' }, 'copilot-developer-cli', '200'],
  [{ kind: 'ghu' }, '', '403 access to this endpoint is forbidden\n'],
  [{ kind: 'gho', app: 'opencode' }, '', '200'],
  [{ kind: 'gho', app: 'opencode' }, 'vscode-chat', '200'],
  [{ kind: 'gho', app: 'copilot-cli' }, 'copilot-developer-cli', '200'],
  [{ kind: 'gho', app: 'gh' }, 'copilot-developer-cli', '200'],
  [{ kind: 'gho', app: 'other' }, 'vscode-chat', '403 token not authorized for this integration\n'],
  [{ kind: 'github_pat' }, 'copilot-developer-cli', '200'],
  [{ kind: 'github_pat' }, 'agentic-workflows', '200'],
  [{ kind: 'github_pat' }, 'vscode-chat', `400 ${PAT}`],
  [{ kind: 'github_pat' }, '', `400 ${PAT}`],
  [
    { kind: 'github_pat', copilotRequests: false },
    'copilot-developer-cli',
    '401 unauthorized: Personal Access Token does not have Copilot Requests permission\n',
  ],
  [{ kind: 'ghs' }, 'copilot-developer-cli', '200'],
  [{ kind: 'ghs' }, 'vscode-chat', `400 ${S2S}`],
  [
    { kind: 'ghs', copilotRequests: false },
    'agentic-workflows',
    '403 access to this endpoint is forbidden\n',
  ],
  [{ kind: 'ghp' }, 'copilot-developer-cli', `400 ${PAT}`],
]

for (const [token, integration, expected] of CREDENTIALS) {
  const about = Object.values(token).join(' ')
  test(`direct ${about} with integration '${integration}': ${expected.trim()}`, async () => {
    await using caller = await call()
    const { value } = caller.emulator.control.tokens.issue(token)
    const answered = await caller.chat(
      {},
      {
        authorization: `Bearer ${value}`,
        'editor-version': undefined,
        'copilot-integration-id': integration === '' ? undefined : integration,
      },
    )
    const got = answered.status === 200 ? '200' : `${answered.status} ${answered.text}`
    expect(got).toBe(expected)
  })
}

test('a call without an API version is served, unless one is required', async () => {
  await using caller = await call()
  const headers = { 'x-github-api-version': undefined }
  expect((await caller.chat({}, headers)).status).toBe(200)
  caller.emulator.control.settings.set({ apiVersionRequired: true })
  const refused = await caller.chat({}, headers)
  expect([refused.status, refused.text]).toEqual([466, OUTDATED])
})

test('a newer version can be asked for', async () => {
  await using caller = await call({ oldestApiVersion: '2026-06-01' })
  expect((await caller.chat({})).status).toBe(466)
  expect((await caller.chat({}, { 'x-github-api-version': '2026-06-01' })).status).toBe(200)
})

test('a token expires by the clock, by command, and is then refused with the words clients look for', async () => {
  await using caller = await call({ tokenLifetimeSeconds: 60 })
  const { control } = caller.emulator
  const authorization = `Bearer ${control.tokens.exchange().token}`
  expect((await caller.chat({}, { authorization })).status).toBe(200)
  control.clock.shift({ seconds: 61 })
  const late = await caller.chat({}, { authorization })
  expect([late.status, late.text]).toEqual([
    401,
    'IDE token expired: unauthorized: token expired\n',
  ])
  const fresh = `Bearer ${control.tokens.exchange().token}`
  expect((await caller.chat({}, { authorization: fresh })).status).toBe(200)
  control.tokens.expireAll()
  expect((await caller.chat({}, { authorization: fresh })).status).toBe(401)
})

test('a token is good on the host of its plan alone', async () => {
  await using caller = await call({
    planHosts: true,
    accounts: [{ login: 'octo' }, { login: 'corp', plan: 'business' }],
  })
  const { control, planUrls, url } = caller.emulator
  const ask = async (login: string, origin: string | undefined): Promise<string> => {
    const authorization = `Bearer ${control.tokens.exchange({ login }).token}`
    const response = await fetch(`${origin ?? ''}/models`, {
      headers: caller.headers({ authorization }),
    })
    return response.ok ? '200' : `${response.status} ${await response.text()}`
  }
  const misdirected = '421 Misdirected Request\n'
  expect(control.tokens.exchange({ login: 'corp' }).endpoints['api']).toBe(planUrls.business)
  expect(await ask('corp', planUrls.business)).toBe('200')
  expect(await ask('corp', planUrls.individual)).toBe(misdirected)
  expect(await ask('corp', url)).toBe(misdirected)
  expect(await ask('octo', url)).toBe('200')
  expect(await ask('octo', planUrls.individual)).toBe('200')
  expect(await ask('octo', planUrls.enterprise)).toBe(misdirected)
})

test('a token the emulator did not make is not kept in the record', async () => {
  await using caller = await call()
  await caller.chat({}, { authorization: 'Bearer gho_somebodysrealtoken' })
  const [record] = caller.emulator.control.requests.list()
  expect(record?.headers['authorization']).toBe('Bearer gho_***')
  expect(JSON.stringify(record)).not.toContain('somebodysrealtoken')
})
