import { systemClock, type Clock } from '../core/clock.ts'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { World } from './__fixtures__/world.ts'
import { createWorld, never } from './__fixtures__/world.ts'
import type { GitHubCredential, SharedToken, TokenShare } from './index.ts'
import type { Seat } from './seat.ts'
import { createSeats } from './seats.ts'

const own = { seat: 'own' }
let world: World

beforeEach(async () => {
  world = await createWorld({
    accounts: [{ login: 'ann' }, { login: 'bob', entitled: false }],
  })
})
afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

/** What replicas share, in one process: a map, and a queue for each key. */
function createMemoryShare(): TokenShare {
  const tokens = new Map<string, SharedToken>()
  const last = new Map<string, Promise<unknown>>()
  return {
    read: (key) => Promise.resolve(tokens.get(key)),
    write: (key, token) => {
      tokens.set(key, token)
      return Promise.resolve()
    },
    exclusively(key, work) {
      const turn = (last.get(key) ?? Promise.resolve()).then(work, work)
      last.set(key, turn)
      return turn
    },
  }
}

describe("other people's seats", () => {
  test('each has its own token, and one that is not connected says so', async () => {
    const connected = new Map<string, GitHubCredential>([
      ['ann', { token: world.emulator.control.tokens.issue({ login: 'ann' }).value, login: 'ann' }],
      ['bob', { token: world.emulator.control.tokens.issue({ login: 'bob' }).value }],
    ])
    const seats = { credential: (seat: string) => Promise.resolve(connected.get(seat)) }
    const copilot = world.copilot({ seats })
    const ann = await copilot.access({ seat: 'ann' }, never)
    await expect(copilot.access({ seat: 'bob' }, never)).rejects.toMatchObject({
      code: 'no_copilot_access',
    })
    await expect(copilot.access({ seat: 'eve' }, never)).rejects.toMatchObject({
      code: 'not_signed_in',
    })
    // Nobody falls back to someone else's, nor to the one of whoever runs the gateway.
    await expect(copilot.access(own, never)).rejects.toMatchObject({ code: 'not_signed_in' })
    expect((await copilot.status('ann', never)).login).toBe('ann')

    // Disconnected: the token in memory goes too.
    connected.delete('ann')
    copilot.forget('ann')
    await expect(copilot.access({ seat: 'ann' }, never)).rejects.toMatchObject({
      code: 'not_signed_in',
    })
    expect(ann.credential).toBe('tid')
  })

  test('replicas make one exchange between them', async () => {
    const { value } = world.emulator.control.tokens.issue({ login: 'ann' })
    const seats = { credential: () => Promise.resolve({ token: value }) }
    const shared = createMemoryShare()
    const replicas = Array.from({ length: 4 }, () => world.copilot({ seats, shared }))
    const got = await Promise.all(replicas.map(async (one) => one.access({ seat: 'ann' }, never)))
    expect(new Set(got.map(({ authorization }) => authorization['authorization'])).size).toBe(1)
    expect(world.emulator.control.counters.read().exchanges).toBe(1)
    // One 401 met by all of them at once: one more, for all.
    world.emulator.control.tokens.expireAll()
    await Promise.all(
      replicas.map(async (one, at) => {
        const held = got[at]
        if (held) await one.mend({ kind: 'renew-credential' }, { seat: 'ann' }, held, never)
      }),
    )
    expect(world.emulator.control.counters.read().exchanges).toBe(2)
  })

  test('a replica that missed a renewal does not take its fruit when all tokens have ended again', async () => {
    const { value } = world.emulator.control.tokens.issue({ login: 'ann' })
    const seats = { credential: () => Promise.resolve({ token: value }) }
    const shared = createMemoryShare()
    let laterMs = 0
    const clock: Clock = { ...systemClock, now: () => Date.now() + laterMs }
    const busy = world.copilot({ seats, shared, clock })
    const idle = world.copilot({ seats, shared, clock })
    const at = { seat: 'ann' }
    const first = await busy.access(at, never)
    const missed = await idle.access(at, never)
    world.emulator.control.tokens.expireAll()
    await busy.mend({ kind: 'renew-credential' }, at, first, never)
    laterMs = 60_000
    world.emulator.control.tokens.expireAll()
    await idle.mend({ kind: 'renew-credential' }, at, missed, never)
    expect(world.emulator.control.counters.read().exchanges).toBe(3)
  })
})

describe('a Copilot API token by itself', () => {
  test('of the environment is used as it is: GitHub hears nothing', async () => {
    const { token } = world.emulator.control.tokens.exchange({ login: 'ann' })
    world.environment['COPILOT_API_KEY'] = token
    const copilot = world.copilot()
    expect((await world.call(copilot, { model: 'gpt-4.1' })).status).toBe(200)
    expect(world.emulator.control.requests.list({ route: 'exchange' })).toEqual([])
    const status = await copilot.status('own', never)
    expect(status).toMatchObject({ source: 'COPILOT_API_KEY', kind: 'tid', token: 'tid=…' })
    expect(Date.parse(status.expiresAt ?? '')).toBeGreaterThan(Date.now())
    expect((await copilot.quota('own', never)).sku).toBe(status.sku)
    await expect(copilot.account('own', never)).rejects.toMatchObject({ code: 'no_account' })
    // Nothing can renew it.
    const held = await copilot.access(own, never)
    await expect(
      copilot.mend({ kind: 'renew-credential' }, own, held, never),
    ).rejects.toMatchObject({ code: 'api_token_unusable', status: 401 })
  })

  test('that LiteLLM left in api-key.json serves while it lasts, on the host it names', async () => {
    await mkdir(world.folder, { recursive: true })
    const body = world.emulator.control.tokens.exchange({ login: 'ann' })
    await writeFile(join(world.folder, 'api-key.json'), JSON.stringify(body), { mode: 0o600 })
    const copilot = world.copilot()
    expect(await copilot.access(own, never)).toMatchObject({
      origin: world.emulator.url,
      authorization: { authorization: `Bearer ${body.token}` },
    })
    expect(world.emulator.control.requests.list({ route: 'exchange' })).toEqual([])
  })
})

describe('signing in', () => {
  test('a second caller joins the first, and is shown the same code', async () => {
    world.emulator.control.settings.set({ deviceInterval: 0, autoApproveAfterPolls: 1 })
    const copilot = world.copilot()
    const codes: string[] = []
    const onCode = ({ userCode }: { userCode: string }): void => {
      codes.push(userCode)
    }
    const both = await Promise.all([
      copilot.signIn({ signal: never, onCode }),
      copilot.signIn({ signal: never, onCode }),
    ])
    expect(codes[0]).toBe(codes[1])
    expect(both[0]).toEqual(both[1])
    expect(world.emulator.control.counters.read()).toMatchObject({
      deviceCodes: 1,
      deviceTokens: 1,
    })
  })

  test('without a folder to write to lasts as long as the process', async () => {
    world.emulator.control.settings.set({ deviceInterval: 0, autoApproveAfterPolls: 1 })
    await writeFile(join(world.home, 'file'), '')
    world.environment['GITHUB_COPILOT_TOKEN_DIR'] = '~/file/tokens'
    const copilot = world.copilot()
    expect(await copilot.signIn({ signal: never })).toEqual({ file: undefined })
    expect((await world.call(copilot, { model: 'gpt-4.1' })).status).toBe(200)
    await expect(world.copilot().access(own, never)).rejects.toMatchObject({
      code: 'not_signed_in',
    })
  })

  test("over an older account's files leaves nothing of it", async () => {
    world.emulator.control.settings.set({ deviceInterval: 0, autoApproveAfterPolls: 1 })
    await mkdir(world.folder, { recursive: true })
    const old = world.emulator.control.tokens.exchange({ login: 'ann' })
    await writeFile(join(world.folder, 'api-key.json'), JSON.stringify(old), { mode: 0o600 })
    const copilot = world.copilot()
    await copilot.signIn({ signal: never })
    const { authorization } = await copilot.access(own, never)
    expect(authorization['authorization']).not.toBe(`Bearer ${old.token}`)
  })

  test("for someone else's seat gives the token to the caller, and stores nothing", async () => {
    world.emulator.control.settings.set({ deviceInterval: 0 })
    const { deviceFlow } = world.copilot()
    const code = await deviceFlow.start(never)
    expect(await deviceFlow.pollOnce(code, never)).toEqual({ state: 'pending' })
    world.emulator.control.device.approve({ userCode: code.userCode, login: 'ann' })
    const done = await deviceFlow.pollOnce(code, never)
    expect(done).toMatchObject({ state: 'done' })
    await expect(world.copilot().access(own, never)).rejects.toMatchObject({
      code: 'not_signed_in',
    })
  })
})

test('the seats in memory are bounded, and the least used goes', () => {
  const forgotten: string[] = []
  const seats = createSeats((id) => {
    const keeper = { forget: () => forgotten.push(id) }
    return { id, keeper } as unknown as Seat
  })
  const first = seats.get('first', undefined)
  for (let at = 0; at < 4_999; at++) seats.get(`seat ${at}`, undefined)
  expect(seats.get('first', undefined)).toBe(first)
  seats.get('one more', undefined)
  expect(forgotten).toEqual(['seat 0'])
  expect(seats.all()).toHaveLength(5_000)
})
