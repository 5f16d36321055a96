import { expect, test } from 'vitest'
import { call } from '../__fixtures__/caller.ts'

test('the list holds the shapes of the original, duplicates included', async () => {
  await using caller = await call()
  const { status, json } = await caller.get('/models')
  expect([status, json['object']]).toEqual([200, 'list'])
  const ids = json['data'].map((entry) => entry['id'] as string)
  expect(ids.filter((id) => id === 'gpt-4')).toHaveLength(2)
  for (const id of [
    'gpt-4o',
    'gpt-4.1',
    'gpt-5-mini',
    'gpt-5.1',
    'gpt-5.4',
    'gpt-5.4-mini',
    'gpt-5.3-codex',
    'o4-mini',
    'claude-sonnet-4.5',
    'claude-sonnet-4.6',
    'claude-haiku-4.5',
    'claude-opus-4.6',
    'claude-opus-4.8',
    'gemini-2.5-pro',
    'gemini-3.1-pro-preview',
    'text-embedding-3-small',
    'gpt-41-copilot',
  ]) {
    expect(ids).toContain(id)
  }
  const opus = json['data'].find((entry) => entry['id'] === 'claude-opus-4.6')
  expect(opus).toMatchObject({
    object: 'model',
    vendor: 'Anthropic',
    supported_endpoints: ['/v1/messages', '/chat/completions'],
    billing: { is_premium: true, multiplier: 3 },
    policy: { state: 'enabled' },
    capabilities: {
      family: 'claude-opus-4.6',
      object: 'model_capabilities',
      type: 'chat',
      limits: { max_context_window_tokens: 200_000, max_non_streaming_output_tokens: 16_000 },
      supports: { adaptive_thinking: true, reasoning_effort: ['low', 'medium', 'high'] },
    },
  })
  const plain = json['data'].find((entry) => entry['id'] === 'gpt-4o')
  expect(plain?.['policy']).toBeUndefined()
  expect(plain?.['supported_endpoints']).toBeUndefined()
})

test('one model has an address of its own', async () => {
  await using caller = await call()
  expect((await caller.get('/models/gpt-4.1')).json['id']).toBe('gpt-4.1')
  const none = await caller.get('/models/gpt-9')
  expect([none.status, none.text]).toEqual([404, '404 page not found\n'])
})

test('the REST API version of GitHub is refused by 400 here', async () => {
  await using caller = await call()
  const { status } = await caller.get('/models', { 'x-github-api-version': '2022-11-28' })
  expect(status).toBe(400)
})

test('a model whose policy is open must be accepted before it answers', async () => {
  await using caller = await call({
    accounts: [{ login: 'octo', policies: { 'gpt-4.1': 'unconfigured' } }],
  })
  const refused = await caller.chat({ model: 'gpt-4.1' })
  expect([refused.status, refused.json['error']['code']]).toEqual([400, 'model_not_supported'])
  const listed = await caller.get('/models/gpt-4.1')
  expect(listed.json['policy']['state']).toBe('unconfigured')
  const accepted = await caller.post('/models/gpt-4.1/policy', { state: 'enabled' })
  expect([accepted.status, accepted.json['state']]).toEqual([200, 'enabled'])
  expect((await caller.chat({ model: 'gpt-4.1' })).status).toBe(200)
})

test('what an organization disabled its members cannot enable', async () => {
  await using caller = await call({
    accounts: [
      {
        login: 'octo',
        plan: 'business',
        organizations: [{ login: 'acme', name: 'Acme' }],
        policies: { 'gpt-4.1': 'disabled' },
        hiddenModels: ['gpt-4o'],
      },
    ],
  })
  const refused = await caller.post('/models/gpt-4.1/policy', { state: 'enabled' })
  expect([refused.status, refused.json['error']['code']]).toEqual([403, 'feature_flag_blocked'])
  expect((await caller.chat({ model: 'gpt-4.1' })).json['error']['message']).toBe(
    'The requested model is not supported.',
  )
  expect((await caller.get('/models')).json['data'].map((one) => one['id'])).not.toContain('gpt-4o')
  expect((await caller.chat({ model: 'gpt-4o' })).status).toBe(400)
})

test('a model kept for paid plans does not answer a free account', async () => {
  await using caller = await call({ accounts: [{ login: 'octo', plan: 'free' }] })
  expect((await caller.chat({ model: 'gpt-5.1' })).json['error']['code']).toBe(
    'model_not_supported',
  )
  expect((await caller.chat({ model: 'gpt-4o' })).status).toBe(200)
})

test('auto mode chooses a model, and takes something off its price', async () => {
  await using caller = await call({
    accounts: [{ login: 'octo', hiddenModels: ['gpt-5-mini'] }],
  })
  const session = await caller.post('/models/session', { auto_mode: { model_hints: ['auto'] } })
  const { selected_model: model, session_token: token } = session.json as unknown as Record<
    string,
    string
  >
  expect(model).toBe('claude-sonnet-4.6')
  expect(session.json['available_models']).toContain(model)
  expect(session.json['discounted_costs']).toHaveProperty(['claude-sonnet-4.6'], 0.1)
  const intent = await caller.post('/models/session/intent', {
    prompt: 'hello',
    available_models: session.json['available_models'],
  })
  expect(session.json['available_models']).toContain(intent.json['chosen_model'])
  const answered = await caller.chat({ model }, { 'copilot-session-token': token })
  expect(answered.status).toBe(200)
  expect(caller.emulator.control.counters.read().billed['octo']?.premiumNano).toBe(900_000_000)
  const wrong = await caller.chat({ model: 'gpt-4o' }, { 'copilot-session-token': token })
  expect([wrong.status, wrong.json['error']['code']]).toEqual([401, 'session_expired'])
})

test('the newest form of auto mode is for Copilot clients alone', async () => {
  await using caller = await call()
  const own = await caller.post('/auto', { prompt: 'hello', tier: 'max' })
  expect(own.json['selected_model']['object']).toBe('model')
  const { value } = caller.emulator.control.tokens.issue({ kind: 'gho', app: 'opencode' })
  const foreign = await caller.post(
    '/auto',
    { prompt: 'hello' },
    { authorization: `Bearer ${value}` },
  )
  expect(foreign.status).toBe(404)
})

test('the app behind a token may be kept to some models', async () => {
  await using caller = await call()
  const { value } = caller.emulator.control.tokens.issue({
    kind: 'gho',
    app: 'opencode',
    models: ['gpt-4o'],
  })
  const headers = { authorization: `Bearer ${value}` }
  expect((await caller.get('/models', headers)).json['data'].map((one) => one['id'])).toEqual([
    'gpt-4o',
  ])
  expect((await caller.chat({}, headers)).status).toBe(200)
  expect((await caller.chat({ model: 'gpt-4.1' }, headers)).status).toBe(400)
})

test('a test can add a model of its own', async () => {
  await using caller = await call()
  const { control } = caller.emulator
  const entry = control.models.list().find((one) => one.id === 'gpt-4o')
  if (!entry) throw new Error('gpt-4o is gone')
  control.models.put({ entry: { ...entry, id: 'gpt-next', version: 'gpt-next-1' }, like: 'gpt-4o' })
  expect((await caller.chat({ model: 'gpt-next' })).json['model']).toBe('gpt-next-1')
  control.models.remove({ id: 'gpt-next' })
  expect((await caller.chat({ model: 'gpt-next' })).status).toBe(400)
})
