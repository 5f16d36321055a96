import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/core/default-settings.ts'
import { openTeams } from '../../src/gateway/admin/index.ts'
import { startDemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'
import type { DemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'

/** Every metric moves by what it is named after: caused through the gateway, read from its page. */
const MASTER = 'sk-master'
let house: DemoGateway

beforeAll(async () => {
  const { router, gateway, limits } = DEFAULT_SETTINGS
  house = await startDemoGateway({
    gateway: {
      environment: { JETWAY_SEAL_KEY: Buffer.alloc(32, 7).toString('base64') },
      settings: {
        ...DEFAULT_SETTINGS,
        router: { ...router, retries: 1, fallbacks: new Map([['gpt-4.1', ['gpt-4o']]]) },
        gateway: { ...gateway, port: 0, masterKey: MASTER },
        limits: { ...limits, maxParallelPerSeat: 1 },
      },
      extend: (context) => openTeams(context, { location: ':memory:' }),
    },
  })
})
afterAll(() => house[Symbol.asyncDispose]())

interface Asked {
  readonly model?: string
  readonly key?: string
  readonly stream?: boolean
}

function ask({ model = 'gpt-4o', key = MASTER, stream = false }: Asked = {}): Promise<Response> {
  return fetch(`${house.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Say hello' }] }),
  })
}

async function status(asked?: Asked): Promise<number> {
  const answer = await ask(asked)
  await answer.text()
  return answer.status
}

/** The sum of all series of that name with those labels. */
async function read(name: string, labels: Record<string, string> = {}): Promise<number> {
  const page = await (await fetch(`${house.url}/metrics`)).text()
  let sum = 0
  for (const [, series = '', own = '', value] of page.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
    if (series !== name) continue
    const fits = Object.entries(labels).every(([label, wanted]) =>
      own.includes(`${label}="${wanted}"`),
    )
    if (fits) sum += Number(value)
  }
  return sum
}

async function makeKey(fields: object): Promise<string> {
  const answer = await fetch(`${house.url}/key/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MASTER}`, 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  })
  return ((await answer.json()) as { key: string }).key
}

function fail(name: string, model = 'gpt-4o', times = 1): void {
  house.emulator.control.faults.add({
    on: { route: 'chat', model },
    times,
    do: { kind: 'error', name: name as 'token_expired' },
  })
}

interface Cause {
  readonly name: string
  readonly labels?: Record<string, string>
  readonly by: () => Promise<unknown>
}

const answered: Cause['by'] = async () => {
  expect(await status()).toBe(200)
}
const streamed: Cause['by'] = async () => {
  expect(await status({ stream: true })).toBe(200)
}
const retried: Cause['by'] = async () => {
  fail('service_unavailable')
  expect(await status()).toBe(200)
}

const CAUSES: readonly Cause[] = [
  { name: 'jetway_calls_total', labels: { outcome: 'ok', dialect: 'chat' }, by: answered },
  { name: 'jetway_tokens_total', labels: { kind: 'input' }, by: answered },
  { name: 'jetway_tokens_total', labels: { kind: 'output' }, by: answered },
  { name: 'jetway_credits_total', labels: { model: 'gpt-4o' }, by: answered },
  { name: 'jetway_call_duration_seconds_count', by: answered },
  { name: 'jetway_time_to_first_byte_seconds_count', by: streamed },
  { name: 'jetway_overhead_seconds_count', by: answered },
  { name: 'jetway_upstream_attempts_total', labels: { status: '2xx' }, by: answered },
  { name: 'jetway_upstream_attempts_total', labels: { status: '5xx' }, by: retried },
  { name: 'jetway_retries_total', by: retried },
  {
    name: 'jetway_fallbacks_total',
    by: async () => {
      fail('service_unavailable', 'gpt-4.1', 2)
      expect(await status({ model: 'gpt-4.1' })).toBe(200)
    },
  },
  {
    name: 'jetway_errors_total',
    labels: { kind: 'NotFoundError' },
    by: async () => {
      expect(await status({ model: 'no-such-model' })).toBe(404)
    },
  },
  {
    name: 'jetway_refused_requests_total',
    labels: { kind: 'AuthenticationError' },
    by: async () => {
      expect(await status({ key: 'sk-wrong' })).toBe(401)
    },
  },
  {
    name: 'jetway_token_refreshes_total',
    labels: { reason: 'refused', outcome: 'ok' },
    by: async () => {
      fail('token_expired')
      expect(await status()).toBe(200)
    },
  },
  {
    name: 'jetway_limiter_refusals_total',
    labels: { code: 'rate_limit_exceeded' },
    by: async () => {
      const key = await makeKey({ rpm_limit: 1 })
      expect(await status({ key })).toBe(200)
      expect(await status({ key })).toBe(429)
    },
  },
  {
    name: 'jetway_limiter_refusals_total',
    labels: { code: 'budget_exceeded' },
    by: async () => {
      const key = await makeKey({ max_budget: 0.0000001 })
      expect(await status({ key })).toBe(429)
    },
  },
  {
    name: 'jetway_queued_seconds_count',
    by: async () => {
      // One place on the seat: the second call waits for the first.
      house.emulator.control.faults.add({
        on: { route: 'chat' },
        times: 1,
        do: { kind: 'delay', ms: 100 },
      })
      expect(await Promise.all([status(), status()])).toEqual([200, 200])
    },
  },
]

const titleOf = ({ name, labels = {} }: Cause): string =>
  [name, ...Object.entries(labels).map(([label, value]) => `${label}=${value}`)].join(' ')

describe('what each metric counts', () => {
  test.each(CAUSES.map((cause) => [titleOf(cause), cause] as const))('%s', async (_, cause) => {
    const { name, labels, by } = cause
    const before = await read(name, labels)
    await by()
    expect(await read(name, labels)).toBeGreaterThan(before)
  })

  test('a key that may not use a model is refused by no limiter', async () => {
    const before = await read('jetway_limiter_refusals_total')
    const key = await makeKey({ models: ['gpt-4.1'] })
    expect(await status({ key })).toBe(403)
    expect(await read('jetway_limiter_refusals_total')).toBe(before)
  })

  test('jetway_calls_in_flight is up while a call runs, and down after it', async () => {
    house.emulator.control.faults.add({
      on: { route: 'chat' },
      times: 1,
      do: { kind: 'stall', after: 2 },
    })
    const answer = await ask({ stream: true })
    expect(await read('jetway_calls_in_flight')).toBe(1)
    await answer.body?.cancel()
    await expect.poll(() => read('jetway_calls_in_flight')).toBe(0)
  })

  test('jetway_quota_left_ratio is what answers say of the quota, and falls with it', async () => {
    const { accounts } = house.emulator.control
    await status()
    const labels = { quota: 'premium_interactions' }
    const before = await read('jetway_quota_left_ratio', labels)
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThanOrEqual(1)
    for (const { login } of accounts.list()) {
      accounts.update({ login, quotas: { premium_interactions: { remaining: 3 } } })
    }
    await status()
    expect(await read('jetway_quota_left_ratio', labels)).toBeLessThan(before)
  })

  test('jetway_event_loop_delay_seconds has three quantiles', async () => {
    const page = await (await fetch(`${house.url}/metrics`)).text()
    const quantiles = [...page.matchAll(/^jetway_event_loop_delay_seconds\{quantile="(.*)"\}/gm)]
    expect(quantiles.map((match) => match[1])).toEqual(['0.5', '0.9', '0.99'])
    expect(await read('jetway_event_loop_delay_seconds')).toBeGreaterThan(0)
  })

  test('what a client makes up becomes no series', async () => {
    for (let at = 0; at < 30; at++) await status({ model: `made-up-${at}` })
    const page = await (await fetch(`${house.url}/metrics`)).text()
    expect(page).not.toContain('made-up')
  })
})
