import { afterAll, describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createSeal, createSealKey } from '../../policy/seats/seal.ts'
import {
  createSeatService,
  type Inspected,
  type PolledFlow,
} from '../../policy/seats/seat-service.ts'
import { createAuditLog } from '../audit/audit.ts'
import type { Database } from '../database/open.ts'
import { createKeyStore } from '../keys/keys.ts'
import { migrate } from '../migrations/migrate.ts'
import { testDatabases } from '../testing/databases.ts'
import { createSeatStore } from './seats.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

const signal = new AbortController().signal
const keys = [createSealKey(), createSealKey()] as const

function service(
  database: Database,
  answers: { polls?: PolledFlow[]; inspected?: Inspected; seal?: string } = {},
) {
  const clock = createVirtualClock(1_790_000_000_000)
  const inspected: Inspected[] = []
  const gone: string[] = []
  const seats = createSeatService({
    store: createSeatStore(database),
    seal: createSeal(answers.seal ?? keys[0]),
    audit: createAuditLog(database),
    clock,
    onChange: () => {},
    onGone: (seat) => gone.push(seat),
    connector: {
      start: (host) =>
        Promise.resolve({
          host,
          deviceCode: 'device-secret',
          userCode: 'AAAA-1111',
          verificationUri: 'https://github.com/login/device',
          expiresAtMs: clock.now() + 900_000,
          intervalMs: 5_000,
        }),
      poll: () => Promise.resolve(answers.polls?.shift() ?? { state: 'pending', intervalMs: 5000 }),
      inspect: () => {
        const found = answers.inspected ?? { githubLogin: 'ada', plan: 'business', entitled: true }
        inspected.push(found)
        return Promise.resolve(found)
      },
    },
  })
  return { seats, clock, gone }
}

describe.each(databases)('seats on $name', (testDatabase) => {
  async function withDatabase(use: (database: Database) => Promise<void>): Promise<void> {
    const database = await testDatabase.open()
    await migrate(database)
    const user = {
      id: 'ada',
      role: 'member',
      models: [],
      limits: {},
      blocked: false,
      metadata: {},
      createdAtMs: 1,
      updatedAtMs: 1,
      version: 1,
    } as const
    await createKeyStore(database).saveUser(user)
    try {
      await use(database)
    } finally {
      await database.close()
    }
  }

  test('a person connects by device flow, and only the sealed token is kept', () =>
    withDatabase(async (database) => {
      const polls: PolledFlow[] = [
        { state: 'pending', intervalMs: 5000 },
        { state: 'slow-down', intervalMs: 10_000 },
        { state: 'done', token: 'ghu_very-secret' },
      ]
      const { seats } = service(database, { polls })
      const started = await seats.start('ada', 'github.com', signal)
      expect(started).toMatchObject({ user_code: 'AAAA-1111', expires_in: 900, interval: 5 })
      expect(
        Buffer.from(started.flow_handle.split('.')[1] ?? '', 'base64').toString('latin1'),
      ).not.toContain('device-secret')
      const handle = started.flow_handle
      expect(await seats.poll('ada', handle, signal)).toEqual({ status: 'pending', interval: 5 })
      expect(await seats.poll('ada', handle, signal)).toEqual({ status: 'slow_down', interval: 10 })
      expect(await seats.poll('ada', handle, signal)).toMatchObject({
        status: 'connected',
        github_login: 'ada',
        plan: 'business',
      })

      const seat = await seats.ofUser('ada')
      expect(seat).toMatchObject({ state: 'connected', userId: 'ada', host: 'github.com' })
      expect(await seats.token(seat?.id ?? '')).toEqual({
        token: 'ghu_very-secret',
        host: 'github.com',
        login: 'ada',
      })
      const rows = JSON.stringify([
        await database.query.selectFrom('seats').selectAll().execute(),
        await database.query.selectFrom('audit').selectAll().execute(),
        await seats.list(),
      ])
      expect(rows).not.toContain('ghu_')
    }))

  test('a handle is good for its own person and its own time only', () =>
    withDatabase(async (database) => {
      const { seats, clock } = service(database)
      const { flow_handle } = await seats.start('ada', 'github.com', signal)
      await expect(seats.poll('eve', flow_handle, signal)).rejects.toMatchObject({
        status: 400,
        code: 'invalid_flow_handle',
      })
      await expect(seats.poll('ada', 'nonsense', signal)).rejects.toMatchObject({
        code: 'invalid_flow_handle',
      })
      await clock.advance(900_000)
      expect(await seats.poll('ada', flow_handle, signal)).toEqual({ status: 'expired' })
    }))

  test('without an entitlement nothing is kept but the reason', () =>
    withDatabase(async (database) => {
      const inspected = {
        githubLogin: 'ada',
        entitled: false,
        detail: 'No access to GitHub Copilot found.',
      }
      const { seats } = service(database, { polls: [{ state: 'done', token: 'ghu_x' }], inspected })
      const { flow_handle } = await seats.start('ada', 'github.com', signal)
      expect(await seats.poll('ada', flow_handle, signal)).toMatchObject({
        status: 'no_copilot_seat',
        detail: inspected.detail,
      })
      const seat = await seats.ofUser('ada')
      expect(seat?.state).toBe('no-seat')
      expect(await seats.token(seat?.id ?? '')).toBeUndefined()
    }))

  test('connecting again takes the place of the earlier seat; a revoked one has no token', () =>
    withDatabase(async (database) => {
      const { seats, gone } = service(database)
      await seats.connect('ada', 'github.com', 'ghu_one', 'master', signal)
      const first = await seats.ofUser('ada')
      await seats.markRevoked(first?.id ?? '', 'Bad credentials')
      expect(await seats.ofUser('ada')).toMatchObject({
        state: 'revoked',
        detail: 'Bad credentials',
      })
      expect(await seats.token(first?.id ?? '')).toBeUndefined()
      await seats.connect('ada', 'acme.ghe.com', 'ghu_two', 'master', signal)
      expect(await seats.list()).toHaveLength(1)
      const second = await seats.ofUser('ada')
      expect(second?.id).not.toBe(first?.id)
      expect(gone).toContain(first?.id)
      expect(await seats.token(first?.id ?? '')).toBeUndefined()
      expect(await seats.token(second?.id ?? '')).toMatchObject({
        token: 'ghu_two',
        host: 'acme.ghe.com',
      })
    }))

  test('disconnecting forgets the token', () =>
    withDatabase(async (database) => {
      const { seats } = service(database)
      await seats.connect('ada', 'github.com', 'ghu_one', 'master', signal)
      const seat = await seats.disconnect('ada', 'user:ada')
      expect(await seats.token(seat.id)).toBeUndefined()
      await expect(seats.disconnect('ada', 'user:ada')).rejects.toMatchObject({ status: 404 })
      const { entries } = await createAuditLog(database).list(10)
      expect(entries.map((entry) => [entry.action, entry.actor])).toContainEqual([
        'seat.disconnect',
        'user:ada',
      ])
    }))

  test('keys rotate without downtime', () =>
    withDatabase(async (database) => {
      const old = service(database)
      await old.seats.connect('ada', 'github.com', 'ghu_one', 'master', signal)
      const seatId = (await old.seats.ofUser('ada'))?.id ?? ''
      const both = service(database, { seal: `${keys[1]},${keys[0]}` })
      expect(await both.seats.token(seatId)).toMatchObject({ token: 'ghu_one' })
      expect(await both.seats.reseal()).toBe(1)
      expect(await both.seats.reseal()).toBe(0)
      const fresh = service(database, { seal: keys[1] })
      expect(await fresh.seats.token(seatId)).toMatchObject({ token: 'ghu_one' })
      await expect(old.seats.token(seatId)).rejects.toThrow('not among those given')
    }))
})
