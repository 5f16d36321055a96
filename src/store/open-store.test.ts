import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { silentLog } from '../core/log.ts'
import { createSeal, createSealKey } from '../policy/seats/seal.ts'
import { callRecord } from './testing/call-record.ts'
import { openStore, type Store, type StoreOptions } from './open-store.ts'
import { freePort, startPostgres } from './testing/postgres-server.ts'
import { startRedis } from './testing/redis-server.ts'

const postgres = await startPostgres()
const redis = await startRedis()
const folder = mkdtempSync(join(tmpdir(), 'jetway-store-'))
const open: Store[] = []
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})
afterAll(async () => {
  await Promise.all([postgres?.stop(), redis?.stop()])
  rmSync(folder, { recursive: true, force: true })
})

async function storeWith(options: Partial<StoreOptions>): Promise<Store> {
  const store = await openStore({
    location: ':memory:',
    clock: systemClock,
    log: silentLog,
    ...options,
  })
  open.push(store)
  return store
}

function loud(): { readonly log: Log; readonly said: string[] } {
  const said: string[] = []
  const say = (message: string): void => {
    said.push(message)
  }
  return { said, log: { debug: () => {}, info: say, warn: say, error: say } }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 400) throw new Error('it never came')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

test('with nothing but a file, everything is there', async () => {
  const store = await storeWith({ location: join(folder, 'one', 'jetway.db') })
  await store.ready()
  expect(store.status()).toEqual({
    database: 'sqlite',
    migrated: true,
    problem: undefined,
    redis: 'none',
    spooling: false,
    lost: 0,
  })
  store.recorder.finished(callRecord('u1', { id: 'r1' }))
  expect(await store.ledger.find('r1')).toMatchObject({ id: 'u1', request_id: 'r1' })
  expect(await store.ledger.find('u1')).toMatchObject({ id: 'u1' })
})

test('a database that may not be brought to this version is named', async () => {
  const location = join(folder, 'old.db')
  await expect(storeWith({ location, migrations: 'refuse' })).rejects.toThrow('jetway db migrate')
  await (await storeWith({ location })).ready()
  await (await storeWith({ location, migrations: 'refuse' })).ready()
})

test('a file where the folder should be keeps the ledger on disk until it can be written', async () => {
  const blocked = join(folder, 'blocked')
  writeFileSync(blocked, 'a file, not a folder')
  const { log, said } = loud()
  const store = await storeWith({
    location: join(blocked, 'jetway.db'),
    spoolFolder: join(folder, 'spool-a'),
    log,
  })
  await expect(store.ready()).rejects.toThrow('cannot be reached')
  expect(said.join('\n')).toContain('the master key is')
  store.recorder.finished(callRecord('u2', { id: 'r2' }))
  await store.recorder.flush()
  expect(store.status()).toMatchObject({ spooling: true, lost: 0 })
  rmSync(blocked)
  mkdirSync(blocked)
  await until(() => store.status().migrated)
  expect(await store.ledger.find('r2')).toMatchObject({ id: 'u2' })
  expect(readdirSync(join(folder, 'spool-a'))).toEqual([])
})

test('what a process left on disk when it died is written by the next', async () => {
  const spoolFolder = join(folder, 'spool-b')
  const first = await storeWith({ location: join(folder, 'gone', 'x', 'jetway.db'), spoolFolder })
  await first.database.query.schema.dropTable('calls').execute()
  first.recorder.finished(callRecord('u3', { id: 'r3' }))
  await first.recorder.flush()
  const [name = ''] = readdirSync(spoolFolder)
  expect(name).toMatch(/\.jsonl$/)
  // As it looks when the process died while it read: 4194305 is above the highest number a process may have.
  const { renameSync } = await import('node:fs')
  renameSync(join(spoolFolder, name), join(spoolFolder, `${name}.draining-4194305`))
  const next = await storeWith({ location: join(folder, 'next.db'), spoolFolder })
  await until(async () => (await next.ledger.find('r3')) !== undefined)
  expect(readdirSync(spoolFolder)).toEqual([])
})

test.skipIf(process.getuid?.() === 0)(
  'a folder that may not be written is such a one',
  async () => {
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o500 })
    const store = await storeWith({ location: join(closed, 'jetway.db') })
    await expect(store.ready()).rejects.toThrow('cannot be reached')
    chmodSync(closed, 0o700)
  },
)

describe.skipIf(!postgres)('on PostgreSQL', () => {
  test('the server away at the start, away later, and back', async () => {
    if (!postgres) return
    await postgres.kill()
    const store = await storeWith({
      location: postgres.url,
      spoolFolder: join(folder, 'spool-c'),
    })
    await expect(store.ready()).rejects.toThrow('ECONNREFUSED')
    store.recorder.finished(callRecord('p1', { id: 'p1' }))
    await store.recorder.flush()
    expect(store.status().spooling).toBe(true)
    await postgres.start()
    await until(() => store.status().migrated)
    expect(await store.ledger.find('p1')).toMatchObject({ id: 'p1' })

    await postgres.kill()
    store.recorder.finished(callRecord('p2', { id: 'p2' }))
    await store.recorder.flush()
    expect(store.status()).toMatchObject({ spooling: true, migrated: true, lost: 0 })
    await postgres.start()
    expect(await store.ledger.find('p2')).toMatchObject({ id: 'p2' })
    expect(store.status().spooling).toBe(false)
  })

  test('a database that does not exist is an error at once, without the password in it', async () => {
    if (!postgres) return
    const location = postgres.url
      .replace('jetway@', 'jetway:hunter2@')
      .replace(/postgres$/, 'nowhere')
    const failure = await storeWith({ location }).catch((error: unknown) => error)
    expect(String(failure)).toContain('nowhere')
    expect(JSON.stringify(failure) + String(failure)).not.toContain('hunter2')
  })
})

describe.skipIf(!redis)('with Redis', () => {
  test('limits are shared, then counted at a share while it is away, then shared again', async () => {
    if (!redis) return
    const { log, said } = loud()
    const seal = createSeal(createSealKey())
    const stores = [
      await storeWith({ redisUrl: redis.url, log, seal }),
      await storeWith({ redisUrl: redis.url, log, seal }),
    ] as const
    const demands = [{ scope: 'key:shared', requestsPerMinute: 10_000 }]
    const take = (store: Store, callId: string) =>
      store.limits.take({
        callId,
        demands,
        tokens: 0,
        nowMs: 1_790_000_000_000,
        deadlineMs: 1_790_000_001_000,
      })
    await take(stores[0], 'a')
    expect((await take(stores[1], 'b')).left[0]?.remaining).toBe(9_998)
    // The second was counted when it came; the first counts again with its next beat.
    await redis.kill()
    expect((await take(stores[1], 'c')).left[0]).toMatchObject({ limit: 5_000, remaining: 4_998 })
    expect(stores[1].status().redis).toBe('away')
    expect(said.join('\n')).toContain('counted alone')
    await redis.start()
    await until(async () => {
      await take(stores[1], 'd')
      return said.includes('Redis answers again: limits are shared')
    })
    expect(stores[1].status().redis).toBe('connected')
  })

  test('away at the start it is named, and taken up when it comes', async () => {
    const { log, said } = loud()
    const store = await storeWith({
      redisUrl: `redis://127.0.0.1:${await freePort()}`,
      log,
      replicas: 4,
    })
    expect(store.status().redis).toBe('away')
    expect(said.join('\n')).toContain('Redis cannot be reached')
    const verdict = await store.limits.take({
      callId: 'x',
      demands: [{ scope: 'key:k', requestsPerMinute: 8 }],
      tokens: 0,
      nowMs: 0,
      deadlineMs: 0,
    })
    expect(verdict.left[0]).toMatchObject({ limit: 2 })
  })
})
