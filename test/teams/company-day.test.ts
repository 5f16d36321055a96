import { afterAll, expect, test } from 'vitest'
import { createSealKey } from '../../src/policy/index.ts'
import { startPostgres } from '../../src/store/testing/postgres-server.ts'
import { startRedis } from '../../src/store/testing/redis-server.ts'
import { eventually, startCompany, type Company, type SendOptions } from './support/company.ts'

const postgres = await startPostgres()
const redis = await startRedis()
afterAll(() => Promise.all([postgres?.stop(), redis?.stop()]))

const hello = [{ role: 'user', content: 'Say hello to the whole company.' }]

test('a day on SQLite alone, with one gateway that crashes and comes back', async () => {
  await using company = await startCompany({ replicas: 1, environment: {} })
  await theDay(company)
}, 120_000)

test.skipIf(!postgres || !redis)(
  'a day on PostgreSQL and Redis, with three gateways of which one is killed',
  async () => {
    await using company = await startCompany({
      replicas: 3,
      environment: {
        DATABASE_URL: postgres?.url ?? '',
        REDIS_URL: redis?.url ?? '',
        JETWAY_SEAL_KEY: createSealKey(),
      },
    })
    await theDay(company)
    // One exchange for each token of a seat, whichever gateways its calls came to: both people when they connected, Ada when
    // all tokens were made invalid, Bob when he connected again, and both when the month had passed.
    expect(company.emulator.control.counters.read().exchanges).toBe(6)
  },
  120_000,
)

async function theDay(company: Company): Promise<void> {
  const { emulator, ask } = company
  const { control } = emulator

  // The administrator invites two people to a team, and gives each a key to begin with.
  await ask('/team/new', { body: { team_id: 'engineering', max_budget: 100 } })
  const people = { ada: await invite(company, 'ada'), bob: await invite(company, 'bob') }
  expect((await chat(company, people.ada)).json).toMatchObject({
    error: { code: 'seat_not_connected' },
  })

  // Each connects a seat; start and poll may come to different gateways.
  for (const name of ['ada', 'bob'] as const) {
    expect(await connect(company, people[name], `${name}-at-github`)).toMatchObject({
      status: 'connected',
      github_login: `${name}-at-github`,
    })
  }

  // Keys for Claude Code and for CI.
  const claudeCode = await makeKey(company, {
    key_alias: 'claude-code',
    user_id: 'ada',
    team_id: 'engineering',
    allowed_routes: ['/v1/messages', '/v1/models'],
  })
  const ci = await makeKey(company, {
    key_alias: 'ci',
    user_id: 'bob',
    team_id: 'engineering',
    max_budget_credits: 3,
    budget_duration: '1mo',
  })
  expect((await chat(company, claudeCode)).json).toMatchObject({
    error: { code: 'route_not_allowed' },
  })
  await messages(company, claudeCode)
  await messages(company, claudeCode, { stream: true })

  // CI works, many calls at once, until its budget is spent; not a credit beyond it.
  const refused = await spendBudget(company, ci)
  expect(refused.status).toBe(429)
  expect(refused.json).toMatchObject({
    error: { type: 'budget_exceeded', code: 'budget_exceeded' },
  })
  expect(refused.text).toMatch(/the key ci has spent .* of its budget of 3 credits.*returns on/)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  const spent = (await ask('/key/info?key=ci')).json['spend_credits'] as number
  expect(spent).toBeGreaterThan(0)
  expect(spent).toBeLessThanOrEqual(3)

  // A key is revoked while an answer streams: that answer comes to its end, and is paid; no other begins, anywhere.
  const doomed = await makeKey(company, { key_alias: 'doomed', user_id: 'ada' })
  control.settings.set({ pace: 60 })
  const streaming = await company.send('/v1/chat/completions', {
    key: doomed,
    body: { model: 'gpt-4o', messages: hello, stream: true },
  })
  await ask('/key/delete', { body: { keys: ['doomed'] } })
  await eventually(async () => {
    const answers = await Promise.all(
      company.replicas.map((at) => ask('/v1/models', { key: doomed, at })),
    )
    return answers.every((answer) => answer.status === 401)
  })
  expect(await streaming.text()).toContain('[DONE]')
  control.settings.set({ pace: 0 })

  // GitHub revokes Bob's seat: his keys are told so, on every gateway; the others go on.
  const bobsOther = await makeKey(company, { key_alias: 'bobs-other', user_id: 'bob' })
  control.tokens.revoke({ login: 'bob-at-github' })
  control.tokens.expireAll()
  expect((await chat(company, bobsOther)).status).toBe(401)
  await eventually(async () => {
    const answers = await Promise.all(
      company.replicas.map((at) => chat(company, bobsOther, { at })),
    )
    return answers.every(({ text }) => text.includes('seat_revoked'))
  })
  await messages(company, claudeCode)
  expect(await connect(company, people.bob, 'bob-at-github')).toMatchObject({ status: 'connected' })
  // On every gateway at once, not only on the one that connected it.
  const again = await Promise.all(company.replicas.map((at) => chat(company, bobsOther, { at })))
  expect(again.map(({ status }) => status)).toEqual(again.map(() => 200))

  // A gateway dies without a word. What it had finished is in the ledger; the budget stays spent.
  await inLedger(company)
  await company.replicas.shift()?.kill()
  await company.addReplica()
  expect((await chat(company, ci)).json).toMatchObject({ error: { code: 'budget_exceeded' } })

  // The month rolls over: CI's budget returns.
  const toNextMonth = nextMonth() - Date.now() + 3_600_000
  control.clock.shift({ seconds: Math.round(toNextMonth / 1000) })
  await Promise.all(company.replicas.map((replica) => replica.shift(toNextMonth)))
  expect((await ask('/key/info?key=ci')).json).toMatchObject({ spend_credits: 0 })
  expect((await chat(company, ci)).status).toBe(200)

  await checkExport(company)
  await dieInACall(company)
}

/** What the export says equals what GitHub billed, for each person, to the nano-credit; and the sums equal the rows. */
async function checkExport(company: Company): Promise<void> {
  await inLedger(company)
  const { billed } = company.emulator.control.counters.read()
  const rows = await exportRows(company)
  for (const name of ['ada', 'bob']) {
    const own = rows.filter((row) => row['user_id'] === name)
    const total = own.reduce((sum, row) => sum + BigInt(row['spend_nano_credits'] ?? '0'), 0n)
    expect(total).toBe(BigInt(billed[`${name}-at-github`]?.nanoAiu ?? -1))
    const paid = own.filter((row) => row['spend_nano_credits'] !== '0')
    expect(paid.map((row) => row['spend_source'])).toEqual(paid.map(() => 'upstream'))
  }
  expect(new Set(rows.map((row) => row['call_id'])).size).toBe(rows.length)

  const { summary } = (await company.ask('/spend/summary?by=user')).json as {
    summary: { user_id: string; spend_nano_credits: string; calls: number }[]
  }
  for (const name of ['ada', 'bob']) {
    const sums = summary.find((row) => row.user_id === name)
    expect(sums?.spend_nano_credits).toBe(String(billed[`${name}-at-github`]?.nanoAiu))
    expect(sums?.calls).toBe(rows.filter((row) => row['user_id'] === name).length)
  }
}

/** A gateway that dies in the middle of a call takes its statistics along, but not the budget's hold. */
async function dieInACall(company: Company): Promise<void> {
  const { ask } = company
  const key = await makeKey(company, { key_alias: 'held', user_id: 'ada', max_budget_credits: 5 })
  company.emulator.control.settings.set({ pace: 20 })
  const [at] = company.replicas
  const response = await company.send('/v1/chat/completions', {
    key,
    ...(at ? { at } : {}),
    body: { model: 'gpt-4o', messages: hello, stream: true, max_tokens: 4000 },
  })
  expect(response.status).toBe(200)
  await at?.kill()
  await expect(response.text()).rejects.toThrow('terminated')
  company.replicas.shift()
  const survivor = company.replicas[0] ?? (await company.addReplica())
  company.emulator.control.settings.set({ pace: 0 })
  // A call for nearly all of the budget does not pass beside the hold of the one that died.
  const answer = await ask('/v1/chat/completions', {
    key,
    at: survivor,
    body: { model: 'gpt-4o', messages: hello, max_tokens: 4096 },
  })
  expect(answer.text).toMatch(/held by running calls/)
  expect(answer.status).toBe(429)
}

async function makeKey(company: Company, fields: Record<string, unknown>): Promise<string> {
  const { json, status, text } = await company.ask('/key/generate', { body: fields })
  if (status !== 200) throw new Error(text)
  return json['key'] as string
}

async function invite(company: Company, user: string): Promise<string> {
  expect((await company.ask('/user/new', { body: { user_id: user } })).status).toBe(200)
  return makeKey(company, { key_alias: `${user}-first`, user_id: user })
}

async function connect(company: Company, key: string, login: string): Promise<unknown> {
  const started = await company.ask('/seats/connect/start', { key, body: {} })
  const { user_code, flow_handle } = started.json as { user_code: string; flow_handle: string }
  const poll = () => company.ask('/seats/connect/poll', { key, body: { flow_handle } })
  expect((await poll()).json).toMatchObject({ status: 'pending' })
  company.emulator.control.device.approve({ userCode: user_code, login })
  return (await poll()).json
}

function chat(company: Company, key: string, options: SendOptions = {}) {
  const body = { model: 'gpt-4o', messages: hello, max_tokens: 200 }
  return company.ask('/v1/chat/completions', { key, body, ...options })
}

async function messages(company: Company, key: string, changes: object = {}): Promise<void> {
  const body = { model: 'claude-sonnet-4.5', messages: hello, max_tokens: 500, ...changes }
  const { status, text } = await company.ask('/v1/messages', { key, body })
  expect(text).toContain('stream' in changes ? 'message_stop' : 'end_turn')
  expect(status).toBe(200)
}

/** Ten at a time, until one is refused; gives the refusal. */
async function spendBudget(company: Company, key: string) {
  for (let round = 0; round < 100; round++) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => chat(company, key)))
    if (answers.every((answer) => answer.status === 200)) continue
    // Money that another gateway still holds refuses, too: the budget is spent when it does so by itself.
    const refused = await chat(company, key)
    if (refused.status !== 200 && !refused.text.includes('held by running calls')) return refused
  }
  throw new Error('the budget never ran out')
}

/** As soon as every call that GitHub billed is in the ledger: other gateways write theirs within a moment. */
async function inLedger(company: Company): Promise<void> {
  const { billed } = company.emulator.control.counters.read()
  const expected = ['ada', 'bob'].reduce(
    (sum, name) => sum + (billed[`${name}-at-github`]?.requests ?? 0),
    0,
  )
  await eventually(async () => {
    const rows = await exportRows(company)
    return rows.filter((row) => row['spend_nano_credits'] !== '0').length >= expected
  })
}

async function exportRows(company: Company): Promise<Record<string, string>[]> {
  const { text } = await company.ask('/spend/logs?format=csv')
  const [head = '', ...lines] = text.trim().split('\r\n')
  const names = head.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']))
  })
}

function nextMonth(): number {
  const now = new Date()
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)
}
