import { expect, test } from 'vitest'
import { sql } from 'kysely'
import { migrate } from '../migrations/migrate.ts'
import { isStoreFailure } from './failure.ts'
import { openDatabase } from './open.ts'

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work()
    return undefined
  } catch (error) {
    return error
  }
}

test('a full SQLite is the store’s failure; a broken rule of the schema is ours', async () => {
  const database = await openDatabase(':memory:')
  await migrate(database)
  const insert = (id: string) =>
    sql`insert into sums (kind, span, start, id, calls, failed, input_tokens, cached_tokens, cache_write_tokens,
      output_tokens, reasoning_tokens, nano_credits, saved_nano_credits)
      values ('all', 'day', '2026', ${id + 'x'.repeat(5_000)}, 0, 0, 0, 0, 0, 0, 0, 0, 0)`.execute(
      database.query,
    )
  const [pages] = (await sql<{ page_count: number }>`PRAGMA page_count`.execute(database.query))
    .rows
  await sql.raw(`PRAGMA max_page_count=${pages?.page_count ?? 0}`).execute(database.query)
  const full = await failureOf(async () => {
    for (let row = 0; row < 1000; row++) await insert(String(row))
  })
  expect(full).toMatchObject({ message: expect.stringMatching(/full/) as string })
  expect(isStoreFailure(full)).toBe(true)
  const broken = await failureOf(() =>
    sql`insert into keys (id) values ('a')`.execute(database.query),
  )
  expect(broken).toBeInstanceOf(Error)
  expect(isStoreFailure(broken)).toBe(false)
  await database.close()
})

test('a PostgreSQL that is not there', async () => {
  const database = await openDatabase('postgres://nobody@127.0.0.1:1/none')
  const away = await failureOf(() => sql`select 1`.execute(database.query))
  expect(isStoreFailure(away)).toBe(true)
  await database.close()
})

test.each([
  ['53100', true],
  ['57P01', true],
  ['25006', true],
  ['40P01', true],
  ['23505', false],
  ['22P02', false],
  ['42601', false],
])('PostgreSQL’s %s: %s', (code, expected) => {
  const error = Object.assign(new Error('failed'), { code })
  expect(isStoreFailure(new Error('query failed', { cause: error }))).toBe(expected)
})

test('what is no error is no failure of the store', () => {
  expect(isStoreFailure(undefined)).toBe(false)
  expect(isStoreFailure(new TypeError('x is not a function'))).toBe(false)
})
