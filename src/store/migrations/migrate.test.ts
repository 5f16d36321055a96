import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../database/open.ts'
import { testDatabases } from '../testing/databases.ts'
import { migrate } from './migrate.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

describe.each(databases)('migrations on $name', (testDatabase) => {
  test('bring an empty database up, and then have nothing to do', async () => {
    const database = await testDatabase.open()
    expect(await migrate(database)).toEqual([
      '0001-first',
      '0002-stops',
      '0003-prompts',
      '0004-sessions',
      '0005-narrower-index',
    ])
    expect(await migrate(database)).toEqual([])
    const tables = await database.query.introspection.getTables()
    expect(tables.map((table) => table.name)).toEqual(
      expect.arrayContaining([
        'keys',
        'users',
        'teams',
        'seats',
        'spending',
        'holds',
        'calls',
        'daily',
        'audit',
        'responses',
      ]),
    )
    await database.close()
  })

  test('keep 64-bit integers exact', async () => {
    const database = await testDatabase.open()
    await migrate(database)
    const spent = 9_007_199_254_740_991
    await database.query
      .insertInto('spending')
      .values({ scope: 'key:a', period_start: 0, spent, held: 0 })
      .execute()
    await database.query
      .insertInto('spending')
      .values({ scope: 'key:b', period_start: 0, spent, held: 0 })
      .execute()
    const rows = await database.query.selectFrom('spending').select('spent').execute()
    expect(rows).toEqual([{ spent }, { spent }])
    await database.close()
  })
})

test('replicas that start together on one file migrate it once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jetway-store-'))
  const file = join(folder, 'data', 'jetway.db')
  const replicas = [await openDatabase(file), await openDatabase(file)]
  const applied = await Promise.all(replicas.map((database) => migrate(database)))
  expect(applied.flat()).toEqual([
    '0001-first',
    '0002-stops',
    '0003-prompts',
    '0004-sessions',
    '0005-narrower-index',
  ])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
  await Promise.all(replicas.map((database) => database.close()))
  rmSync(folder, { recursive: true })
})

test('after it, a lock of another process is not waited for asleep', async () => {
  const database = await openDatabase(':memory:')
  const waitMs = async () =>
    (await sql<{ timeout: number }>`pragma busy_timeout`.execute(database.query)).rows[0]?.timeout
  const before = await waitMs()
  await migrate(database)
  expect(await waitMs()).toBe(before)
  expect(before).toBeLessThan(10)
  await database.close()
})
