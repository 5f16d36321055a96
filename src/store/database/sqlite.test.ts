import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { transactInPieces, type KeptStatements } from './sqlite-pieces.ts'
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

const insertInto = (statements: KeptStatements, name: string): void => {
  const statement =
    statements.get('insert') ?? statements.prepare('insert', 'insert into things values (?)')
  statement.get(name)
}

test('between the pieces of a transaction everything else has its turn; it is seen whole or not at all', async () => {
  const [mine, other] = [open('pieces.db'), open('pieces.db')]
  await sql`create table things (name text)`.execute(mine)
  const seen: number[] = []
  let turns = 0
  const count = async () => (await sql`select name from things`.execute(other)).rows.length
  const pieces = function* () {
    for (let at = 0; at < 5; at++) {
      setImmediate(() => {
        turns++
      })
      yield (statements: KeptStatements) => {
        seen.push(turns)
        insertInto(statements, `${at}`)
      }
    }
  }
  const writing = transactInPieces(mine, pieces())
  expect(await count()).toBe(0)
  await writing
  expect(await count()).toBe(5)
  expect(seen).toEqual([0, 1, 2, 3, 4])

  const broken = transactInPieces(mine, [
    (statements) => {
      insertInto(statements, 'undone')
    },
    () => {
      throw new Error('no further')
    },
  ])
  await expect(broken).rejects.toThrow('no further')
  expect(await count()).toBe(5)
  await Promise.all([mine.destroy(), other.destroy()])
})

test('the log goes into the file by a thread of its own, and the thread ends with the connection', async () => {
  const [mine, other] = [open('log.db'), open('log.db')]
  const size = (name = 'log.db'): number => statSync(join(folder, name)).size
  await sql`create table things (name text)`.execute(mine)
  // Who closes the file last puts the log into it: that must not be the one under test.
  await sql`select name from things`.execute(other)
  const before = size()
  const long = 'x'.repeat(1_000)
  const few = Array.from({ length: 10 }, () => (statements: KeptStatements) => {
    insertInto(statements, long)
  })
  await transactInPieces(mine, few)
  expect(size()).toBe(before)
  const many = Array.from({ length: 250 }, () => few).flat()
  await transactInPieces(mine, many)
  await mine.destroy()
  expect(size()).toBeGreaterThan(before + 250 * 1_000)
  // Written over, it would be read again first.
  expect(size('log.db-wal')).toBe(0)
  await other.destroy()
})
