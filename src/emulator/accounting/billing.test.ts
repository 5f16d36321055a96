import { expect, test } from 'vitest'
import { call, user } from '../__fixtures__/caller.ts'
import type { Caller, Loose } from '../__fixtures__/caller.ts'
import type { CatalogueEntry } from '../index.ts'

/** Every wire with a model that speaks it. */
const WIRES: readonly [path: string, body: object][] = [
  ['/chat/completions', { model: 'gpt-4o', messages: [user('hello')] }],
  ['/chat/completions', { model: 'claude-opus-4.6', messages: [user('hello')] }],
  ['/chat/completions', { model: 'gemini-3.1-pro-preview', messages: [user('hello')] }],
  ['/responses', { model: 'gpt-5.4', input: 'hello', reasoning: { effort: 'low' } }],
  ['/responses', { model: 'gpt-5-mini', input: 'hello' }],
  ['/v1/messages', { model: 'claude-sonnet-4.5', max_tokens: 500, messages: [user('hello')] }],
  ['/v1/messages', { model: 'claude-haiku-4.5', max_tokens: 500, messages: [user('hello')] }],
]

function entryOf(caller: Caller, model: string): CatalogueEntry {
  const entry = caller.emulator.control.models.list().find((one) => one.id === model)
  if (!entry) throw new Error(`${model} is not in the catalogue`)
  return entry
}

for (const [path, body] of WIRES) {
  for (const stream of [false, true]) {
    const { model } = body as { model: string }
    test(`${model} on ${path}${stream ? ', streamed' : ''}: the answer, the record and the account agree`, async () => {
      await using caller = await call()
      const answered = await caller.post(path, { ...body, stream })
      const last = stream
        ? answered.events.findLast((one) => one['copilot_usage'] !== undefined)
        : answered.json
      const told = last?.['copilot_usage'] as Loose
      const [record] = caller.emulator.control.requests.list()
      const { usage } = record ?? {}
      const { token_prices: prices, multiplier } = entryOf(caller, model).billing
      const expected =
        ((usage?.input ?? 0) * (prices?.default.input_price ?? 0) +
          (usage?.output ?? 0) * (prices?.default.output_price ?? 0)) *
        1000
      expect(usage?.output).toBeGreaterThan(0)
      expect(Number(told['total_nano_aiu'])).toBe(expected)
      expect(Number.isInteger(expected)).toBe(true)
      const sum = told['token_details'].reduce(
        (total, one) =>
          total +
          (Number(one['token_count']) * Number(one['cost_per_batch'])) / Number(one['batch_size']),
        0,
      )
      expect(sum).toBe(expected)
      expect(record?.nanoAiu).toBe(expected)
      const premiumNano = Math.round(multiplier * 1e9)
      expect(caller.emulator.control.counters.read().billed['octo']).toEqual({
        requests: 1,
        premiumNano,
        nanoAiu: expected,
      })
      expect(
        caller.emulator.control.accounts.get({ login: 'octo' }).quotas.premium_interactions
          .usedNano,
      ).toBe(premiumNano)
    })
  }
}

test('a premium request is what a person asked; what an agent goes on with is none', async () => {
  await using caller = await call()
  const body = { model: 'claude-opus-4.6' }
  await caller.chat(body, { 'x-initiator': 'user' })
  await caller.chat(body, { 'x-initiator': 'agent' })
  await caller.chat(body, { 'x-initiator': undefined })
  const billed = caller.emulator.control.requests.list().map((one) => one.premiumNano)
  expect(billed).toEqual([3e9, 0, 3e9])
})

test('with billing by tokens the initiator sets no price', async () => {
  await using caller = await call({ accounts: [{ login: 'octo', tokenBasedBilling: true }] })
  await caller.chat({}, { 'x-initiator': 'agent' })
  const [record] = caller.emulator.control.requests.list()
  const { usedNano } = caller.emulator.control.accounts.get({ login: 'octo' }).quotas
    .premium_interactions
  expect(record?.premiumNano).toBe(0)
  expect(usedNano).toBe(record?.nanoAiu)
  expect(usedNano).toBeGreaterThan(0)
})

test('a long prompt has the price of the long context', async () => {
  await using caller = await call()
  await caller.post('/responses', { model: 'gpt-5.4', input: `say: hi${' '.repeat(810_000)}` })
  const [record] = caller.emulator.control.requests.list()
  expect(record?.usage?.input).toBeGreaterThan(200_000)
  expect(record?.nanoAiu).toBe(
    (record?.usage?.input ?? 0) * 500_000 + (record?.usage?.output ?? 0) * 2_250_000,
  )
})

test('quota headers follow the account: entitlement, percent left, overage, reset', async () => {
  await using caller = await call({
    accounts: [
      {
        login: 'octo',
        quotaResetDate: '2026-10-01',
        quotas: {
          premium_interactions: { entitlement: 300, remaining: 94.9, overagePermitted: true },
        },
      },
    ],
  })
  const read = (headers: Headers, name: string): Record<string, string> =>
    Object.fromEntries(new URLSearchParams(headers.get(`x-quota-snapshot-${name}`) ?? ''))
  const { headers } = await caller.chat({ model: 'gpt-5.1', messages: [user('x')], temperature: 1 })
  expect(read(headers, 'premium_interactions')).toEqual({
    ent: '300',
    ov: '0.0',
    ovPerm: 'true',
    rem: '31.3',
    rst: '2026-10-01T00:00:00Z',
  })
  expect(headers.get('x-quota-snapshot-premium_interactions')).toContain(
    'rst=2026-10-01T00%3A00%3A00Z',
  )
  expect(read(headers, 'premium_models')['rem']).toBe('31.3')
  expect(read(headers, 'chat')).toMatchObject({ ent: '-1', rem: '100.0' })
  expect(headers.get('x-usage-ratelimit-session')).toBe(null)
  const { value } = caller.emulator.control.tokens.issue({ kind: 'gho', app: 'opencode' })
  const foreign = await caller.chat({}, { authorization: `Bearer ${value}` })
  expect(foreign.headers.get('x-quota-snapshot-chat')).toBe(null)
})

test('limits are told from half of them on, and refuse when they are spent', async () => {
  await using caller = await call()
  const { control } = caller.emulator
  const limits = (percentRemaining: number): void => {
    control.accounts.update({
      login: 'octo',
      limits: {
        session: { entitlement: 50, percentRemaining, resetInSeconds: 3600 },
        weekly: { entitlement: 500, percentRemaining: 100 },
      },
    })
  }
  limits(60)
  expect((await caller.chat({})).headers.get('x-usage-ratelimit-session')).toBe(null)
  limits(49)
  const told = new URLSearchParams(
    (await caller.chat({})).headers.get('x-usage-ratelimit-session') ?? '',
  )
  expect(told.get('ent')).toBe('50')
  // The call itself took a little of the 49 percent.
  expect(Number(told.get('rem'))).toBeCloseTo(49, 0)
  limits(0)
  const refused = await caller.chat({})
  expect([refused.status, refused.json['error']['code']]).toEqual([429, 'user_global_rate_limited'])
  expect(refused.json['error']['message']).toContain('5 hour session limits')
  expect(refused.headers.get('retry-after')).toBe('3600')
  expect(refused.headers.get('x-ratelimit-exceeded')).toBe(
    'global-chat:global-usage-5-hour-key:octo:COPILOT_PLAN_INDIVIDUAL',
  )
  limits(100)
  control.accounts.update({
    login: 'octo',
    limits: { weekly: { entitlement: 1, percentRemaining: 0 } },
  })
  expect((await caller.chat({})).json['error']['code']).toBe('user_weekly_rate_limited')
})

const QUOTAS: readonly [
  name: string,
  account: object,
  ask: object,
  initiator: string,
  expected: string,
][] = [
  [
    'premium spent, a premium model',
    { quotas: { premium_interactions: { remaining: 0 } } },
    { model: 'gpt-5.1' },
    'user',
    '402 quota_exceeded',
  ],
  [
    'premium below zero',
    { quotas: { premium_interactions: { remaining: -1 } } },
    { model: 'gpt-5.1' },
    'user',
    '402 quota_exceeded',
  ],
  [
    'premium spent, an included model',
    { quotas: { premium_interactions: { remaining: 0 } } },
    { model: 'gpt-4o' },
    'user',
    '200',
  ],
  [
    'premium spent, an agent that goes on',
    { quotas: { premium_interactions: { remaining: 0 } } },
    { model: 'gpt-5.1' },
    'agent',
    '200',
  ],
  [
    'premium spent, overage permitted',
    { quotas: { premium_interactions: { remaining: 0, overagePermitted: true } } },
    { model: 'gpt-5.1' },
    'user',
    '200',
  ],
  [
    'premium without end',
    { quotas: { premium_interactions: { unlimited: true } } },
    { model: 'gpt-5.1' },
    'user',
    '200',
  ],
  [
    'credits spent, an included model',
    { tokenBasedBilling: true, quotas: { premium_interactions: { remaining: 0 } } },
    { model: 'gpt-4o' },
    'agent',
    '402 quota_exceeded',
  ],
  [
    'free chat spent',
    { plan: 'free', quotas: { chat: { remaining: 0 } } },
    { model: 'gpt-4o' },
    'user',
    '402 free_quota_exceeded',
  ],
  [
    'free chat spent, an unknown model',
    { plan: 'free', quotas: { chat: { remaining: 0 } } },
    { model: 'gpt-9' },
    'user',
    '400 model_not_supported',
  ],
]

for (const [name, account, ask, initiator, expected] of QUOTAS) {
  test(`${name}: ${expected}`, async () => {
    await using caller = await call({ accounts: [{ login: 'octo', ...account }] })
    const answered = await caller.chat(ask, { 'x-initiator': initiator })
    const got =
      answered.status === 200 ? '200' : `${answered.status} ${answered.json['error']['code']}`
    expect(got).toBe(expected)
    if (answered.status === 402) {
      expect(answered.json['error']['message']).toBe('You have no quota')
      expect([...answered.headers.keys()].filter((one) => /quota|retry/.test(one))).toEqual([])
    }
  })
}

test('free chat is counted by what a person asked', async () => {
  await using caller = await call({
    accounts: [{ login: 'octo', plan: 'free', quotas: { chat: { remaining: 2 } } }],
  })
  const statuses: number[] = []
  for (const initiator of ['user', 'agent', 'user', 'user']) {
    statuses.push((await caller.chat({}, { 'x-initiator': initiator })).status)
  }
  expect(statuses).toEqual([200, 200, 200, 402])
})

test('a repeated prefix is read from the cache and billed as such', async () => {
  await using caller = await call()
  const system = { role: 'system', content: 'x'.repeat(8000) }
  const ask = async (text: string): Promise<Loose> =>
    (await caller.chat({ messages: [system, user(text)] })).json
  const first = await ask('one')
  const second = await ask('two')
  expect(Number(first['usage']['prompt_tokens_details']['cached_tokens'])).toBe(0)
  const cached = Number(second['usage']['prompt_tokens_details']['cached_tokens'])
  expect(cached).toBe(1920)
  const total = Number(second['usage']['prompt_tokens'])
  const output = Number(second['usage']['completion_tokens'])
  expect(Number(second['copilot_usage']['total_nano_aiu'])).toBe(
    (total - cached) * 250_000 + cached * 125_000 + output * 1_000_000,
  )
  expect(
    second['copilot_usage']['token_details'].map((one) => one['token_type'] as string),
  ).toEqual(['input', 'output', 'cache_read'])
})

test('Claude on chat caches what is marked', async () => {
  await using caller = await call({ cacheMinimumTokens: 5 })
  const marked = {
    ...user('a long story about a fox and a dog'),
    copilot_cache_control: { type: 'ephemeral' },
  }
  const ask = async (mark: boolean): Promise<Loose> => {
    const first = mark ? marked : user(marked.content)
    const messages = [first, { role: 'assistant', content: 'ok' }, user('go on')]
    return (await caller.chat({ model: 'claude-sonnet-4.6', messages })).json['copilot_usage'][
      'token_details'
    ]
  }
  const types = async (mark: boolean): Promise<string[]> =>
    (await ask(mark)).map((one) => one['token_type'])
  expect(await types(false)).toEqual(['input', 'output'])
  expect(await types(true)).toEqual(['input', 'output', 'cache_write'])
  expect(await types(true)).toEqual(['input', 'output', 'cache_read'])
})
