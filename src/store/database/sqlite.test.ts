import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { openSqlite } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'jetway-sqlite-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const open = (name: string): Kysely<object> =>
  new Kysely<object>({ dialect: openSqlite(join(folder, name)) })

test('who waits for the lock of another process does not hold up its own', async () => {
  const [mine, other] = [open('locked.db'), open('locked.db')]
  await sql`create table things (name text)`.execute(mine)
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let held = (): void => {}
  const holding = new Promise<void>((resolve) => {
    held = resolve
  })
  const writing = other.transaction().execute(async (inside) => {
    await sql`insert into things values ('theirs')`.execute(inside)
    held()
    await released
  })
  await holding
  // Both connections are of this process: were it put to sleep, nobody could let go of the lock.
  const waiting = sql`insert into things values ('ours')`.execute(mine)
  setTimeout(release, 20)
  await Promise.all([writing, waiting])
  const { rows } = await sql<{ name: string }>`select name from things`.execute(mine)
  expect(rows.map(({ name }) => name)).toEqual(['theirs', 'ours'])
  await Promise.all([mine.destroy(), other.destroy()])
})

test('a transaction on a full disk fails with that', async () => {
  const database = open('full.db')
  await sql`create table things (name text)`.execute(database)
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database)
  await sql.raw(`pragma max_page_count = ${rows[0]?.page_count ?? 0}`).execute(database)
  const filling = database.transaction().execute(async (inside) => {
    await sql`insert into things values (${'x'.repeat(100_000)})`.execute(inside)
  })
  await expect(filling).rejects.toThrow(/full/)
  await sql`pragma max_page_count = 1000000`.execute(database)
  await sql`insert into things values ('after')`.execute(database)
  await database.destroy()
})
