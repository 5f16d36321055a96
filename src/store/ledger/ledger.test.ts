import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import type { Database } from '../database/open.ts'
import { migrate } from '../migrations/migrate.ts'
import { testDatabases } from '../testing/databases.ts'
import { findCall, listCalls } from './read.ts'
import { createRecorder } from './recorder.ts'
import { rowFromRecord } from './rows.ts'
import { callRecord as record, NOON } from '../testing/call-record.ts'
import { summarize } from './summarize.ts'
import { createSpool, type Spool } from './spool.ts'
import { writeCalls } from './write.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

describe.each(databases)('the ledger on $name', (testDatabase) => {
  async function withDatabase(use: (database: Database) => Promise<void>): Promise<void> {
    const database = await testDatabase.open()
    await migrate(database)
    try {
      await use(database)
    } finally {
      await database.close()
    }
  }

  /** Takes nothing. */
  async function closedDatabase(): Promise<Database> {
    const database = await testDatabase.open()
    // Who has never asked anything could still begin to.
    await sql`select 1`.execute(database.query)
    await database.close()
    return database
  }

  test('keeps a call whose model has a name that no database takes, and those beside it', () =>
    withDatabase(async (database) => {
      const odd = { ...record('odd'), modelAsked: 'a\0b\ud800' }
      await writeCalls(database, [record('a'), odd, record('b')].map(rowFromRecord))
      expect(await findCall(database, 'request-odd')).toMatchObject({
        model_asked: 'a\ufffdb\ufffd',
      })
      expect((await listCalls(database, {}, 10)).rows).toHaveLength(3)
    }))

  test('keeps a call whole', () =>
    withDatabase(async (database) => {
      await writeCalls(database, [rowFromRecord(record('a'))])
      expect(await findCall(database, 'request-a')).toMatchObject({
        id: 'a',
        day: '2026-11-20',
        key_id: 'k1',
        nano_credits: 7_000_000_001,
        cost_source: 'upstream',
        detail: { wireReason: 'the client speaks it', degraded: ['top_k'] },
      })
      expect(await findCall(database, 'request-b')).toBeUndefined()
    }))

  test('counts a call once, however often it is delivered', () =>
    withDatabase(async (database) => {
      const batch = [
        rowFromRecord(record('a')),
        rowFromRecord(record('b', { outcome: 'failed' })),
        rowFromRecord(record('a')),
      ]
      await writeCalls(database, batch)
      await writeCalls(database, batch)
      await writeCalls(database, [rowFromRecord(record('c'))])
      const [sums] = await summarize(database, [], {})
      expect(sums).toMatchObject({
        calls: 3,
        failed: 1,
        inputTokens: 30,
        nanoCredits: 21_000_000_003n,
        savedNanoCredits: 9n,
      })
    }))

  test('two calls with one request id are two calls, and the newer one is found', () =>
    withDatabase(async (database) => {
      const older = rowFromRecord(record('a', { id: 'same', model: 'm1' }))
      const newer = rowFromRecord(record('b', { id: 'same', model: 'm2', startedAt: NOON + 1 }))
      await writeCalls(database, [newer, older])
      expect((await summarize(database, [], {}))[0]?.calls).toBe(2)
      expect(await findCall(database, 'same')).toMatchObject({ model: 'm2' })
    }))

  test('sums by day, key and model, exactly beyond 2^53', () =>
    withDatabase(async (database) => {
      const cost = {
        nanoCredits: Number.MAX_SAFE_INTEGER,
        source: 'upstream',
        savedNanoCredits: 0,
      } as const
      await writeCalls(database, [
        rowFromRecord(record('a', { cost, model: 'm1', startedAt: NOON - 86_400_000 })),
        rowFromRecord(record('b', { cost, model: 'm1' })),
        rowFromRecord(record('c', { cost, model: 'm2' })),
        rowFromRecord(
          record('d', { cost: undefined, usage: undefined, caller: { kind: 'open', seat: 'own' } }),
        ),
      ])
      const byModel = await summarize(database, ['model'], { keyId: 'k1' })
      expect(byModel.map((row) => [row.group.model, row.calls, row.nanoCredits])).toEqual([
        ['m1', 2, 2n * BigInt(Number.MAX_SAFE_INTEGER)],
        ['m2', 1, BigInt(Number.MAX_SAFE_INTEGER)],
      ])
      const byDay = await summarize(database, ['day'], { fromDay: '2026-11-20' })
      expect(byDay.map((row) => [row.group.day, row.calls])).toEqual([['2026-11-20', 3]])
      expect(await summarize(database, [], { keyId: 'nobody' })).toEqual([])
    }))

  test('pages through calls, newest first, without repeating any', () =>
    withDatabase(async (database) => {
      const rows = Array.from({ length: 25 }, (_, index) =>
        rowFromRecord(
          record(`c${String(index).padStart(2, '0')}`, { startedAt: NOON + Math.floor(index / 3) }),
        ),
      )
      await writeCalls(database, rows)
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await listCalls(database, { keyId: 'k1' }, 4, cursor)
        seen.push(...page.rows.map((row) => row.id))
        cursor = page.next
      } while (cursor !== undefined)
      expect(seen).toEqual(rows.map((row) => row.id).toReversed())
      expect((await listCalls(database, { outcome: 'failed' }, 4)).rows).toEqual([])
    }))

  test('a batch of thousands goes through, also when a part of it is there already', () =>
    withDatabase(async (database) => {
      const rows = Array.from({ length: 1_500 }, (_, index) => rowFromRecord(record(`c${index}`)))
      await writeCalls(database, [...rows.slice(100, 120), ...rows.slice(700, 703)])
      expect((await summarize(database, [], {}))[0]?.calls).toBe(23)
      await writeCalls(database, rows)
      expect((await summarize(database, [], {}))[0]?.calls).toBe(1_500)
      expect((await summarize(database, ['key_id'], {}))[0]?.nanoCredits).toBe(
        1_500n * 7_000_000_001n,
      )
    }))

  test('the recorder writes in batches by time and by size', () =>
    withDatabase(async (database) => {
      const clock = createVirtualClock()
      const recorder = createRecorder({ database, clock, batchRows: 3 })
      for (const id of ['a', 'b', 'c', 'd']) recorder.finished(record(id))
      await recorder.flush()
      expect((await listCalls(database, {}, 10)).rows).toHaveLength(4)
      recorder.finished(record('e'))
      await clock.advance(200)
      await recorder.close()
      expect(await findCall(database, 'request-e')).toBeDefined()
      expect(clock.pending).toBe(0)
    }))

  test('what the database does not take waits on disk, and is written once it is back', () =>
    withDatabase(async (database) => {
      const folder = mkdtempSync(join(tmpdir(), 'jetway-spool-'))
      const failures: number[] = []
      const broken = await closedDatabase()
      const first = createRecorder({
        database: broken,
        clock: createVirtualClock(),
        spool: createSpool(folder),
        onFailure: (_, rows) => failures.push(rows),
      })
      first.finished(record('a'))
      first.finished(record('b'))
      await first.flush()
      expect(failures).toEqual([2])
      first.finished(record('later'))
      // The next try is seconds away: what finishes until then is on disk already.
      const waiting = readdirSync(folder).find((name) => name.includes('.held-')) ?? ''
      expect(readFileSync(join(folder, waiting), 'utf8')).toContain('"request-later"')
      await first.close()
      expect(first.lost).toBe(0)
      expect(readdirSync(folder).filter((name) => name.includes('.held-'))).toEqual([])

      // What another process left behind, its last line cut by the crash.
      const left = `${JSON.stringify(rowFromRecord(record('c')))}\n{"id":"hal`
      writeFileSync(join(folder, 'calls-1-1.jsonl'), left)
      const second = createRecorder({
        database,
        clock: createVirtualClock(),
        spool: createSpool(folder),
      })
      second.finished(record('d'))
      await second.close()
      expect((await summarize(database, [], {}))[0]?.calls).toBe(5)
      expect(readdirSync(folder)).toEqual([])
      rmSync(folder, { recursive: true })
    }))

  test('what a killed process had finished is written by the next, once, and not before', () =>
    withDatabase(async (database) => {
      const folder = mkdtempSync(join(tmpdir(), 'jetway-journal-'))
      const spool = createSpool(folder)
      const journal = spool.openJournal()
      for (const id of ['a', 'b', 'c']) journal.note(rowFromRecord(record(id)))
      const forget = journal.nextBatch()
      journal.note(rowFromRecord(record('d')))
      journal.nextBatch()
      const drained: unknown[] = []
      const drain = (by: Spool): Promise<void> =>
        by.drain((rows) => {
          drained.push(...rows.map(({ id }) => id))
          return writeCalls(database, rows)
        })
      await drain(spool)
      expect(drained).toEqual([])
      forget()
      // As the next process finds it: a number that nobody has any more.
      for (const name of readdirSync(folder))
        renameSync(join(folder, name), join(folder, name.replace(/held-\d+$/, 'held-4194305')))
      await drain(createSpool(folder))
      expect(drained).toEqual(['d'])
      expect(readdirSync(folder)).toEqual([])
      rmSync(folder, { recursive: true })
    }))

  test('the journal is empty while all is written, and gone at the end', () =>
    withDatabase(async (database) => {
      const folder = mkdtempSync(join(tmpdir(), 'jetway-journal-'))
      const recorder = createRecorder({
        database,
        clock: createVirtualClock(),
        spool: createSpool(folder),
        journal: true,
      })
      const sizes = (): number[] =>
        readdirSync(folder).map((name) => statSync(join(folder, name)).size)
      for (let round = 0; round < 6; round++) {
        recorder.finished(record(`a${round}`))
        expect(sizes().filter((size) => size > 0)).toHaveLength(1)
        await recorder.flush()
        expect(sizes().filter((size) => size > 0)).toEqual([])
      }
      expect(sizes().length).toBeLessThanOrEqual(2)
      await recorder.close()
      expect(readdirSync(folder)).toEqual([])
      expect((await summarize(database, [], {}))[0]?.calls).toBe(6)
      rmSync(folder, { recursive: true })
    }))

  test('what waits for a database that is silent is on disk, and forgotten once it has answered', () =>
    withDatabase(async (database) => {
      const folder = mkdtempSync(join(tmpdir(), 'jetway-journal-'))
      const clock = createVirtualClock()
      let answer = (): void => {}
      const silence = new Promise<void>((resolve) => {
        answer = resolve
      })
      const spool = createSpool(folder)
      const recorder = createRecorder({
        database,
        clock,
        // The first thing that a batch asks of the database waits here.
        spool: { ...spool, drain: () => silence },
      })
      const onDisk = (): readonly string[] =>
        readdirSync(folder)
          .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
          .filter((line) => line !== '')
          .map((line) => (JSON.parse(line) as { readonly id: string }).id)
      recorder.finished(record('a'))
      const flushed = recorder.flush()
      recorder.finished(record('b'))
      expect(onDisk()).toEqual([])
      await clock.advance(200)
      recorder.finished(record('c'))
      expect([...onDisk()].sort()).toEqual(['a', 'b', 'c'])
      answer()
      await flushed
      await recorder.flush()
      expect(readdirSync(folder)).toEqual([])
      recorder.finished(record('d'))
      await recorder.close()
      expect(readdirSync(folder)).toEqual([])
      expect((await summarize(database, [], {}))[0]?.calls).toBe(4)
      expect(clock.pending).toBe(0)
      rmSync(folder, { recursive: true })
    }))

  test('the journal’s files do not become more while nothing takes the rows', () => {
    const folder = mkdtempSync(join(tmpdir(), 'jetway-journal-'))
    const journal = createSpool(folder).openJournal()
    const batches = Array.from({ length: 20 }, (_, at) => {
      journal.note(rowFromRecord(record(`a${at}`)))
      return journal.nextBatch()
    })
    expect(readdirSync(folder).length).toBeLessThanOrEqual(4)
    for (const forget of batches) forget()
    journal.nextBatch()()
    journal.close()
    expect(readdirSync(folder)).toEqual([])
    rmSync(folder, { recursive: true })
  })

  test('a batch that is forgotten after the journal was closed touches no file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'jetway-journal-'))
    const journal = createSpool(folder).openJournal()
    journal.note(rowFromRecord(record('a')))
    const forget = journal.nextBatch()
    journal.close()
    const other = createSpool(folder).openJournal()
    // On the descriptor that was just given back.
    other.note(rowFromRecord(record('b')))
    forget()
    const lines = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    expect(lines.join('')).toContain('"id":"b"')
    other.nextBatch()()
    other.close()
    rmSync(folder, { recursive: true })
  })

  test('what neither database nor disk takes stays in memory within a bound, and is written once it can be', () =>
    withDatabase(async (database) => {
      const clock = createVirtualClock()
      let away = true
      const broken = await closedDatabase()
      const switched = {
        ...database,
        get query() {
          return away ? broken.query : database.query
        },
      }
      const recorder = createRecorder({ database: switched, clock, heldRows: 3, batchRows: 2 })
      for (const id of ['a', 'b', 'c']) recorder.finished(record(id))
      await recorder.flush()
      recorder.finished(record('d'))
      recorder.finished(record('e'))
      await recorder.flush()
      expect(recorder.lost).toBe(2)
      away = false
      await clock.advance(5_000)
      await recorder.flush()
      expect((await listCalls(database, {}, 10)).rows.map(({ id }) => id).sort()).toEqual([
        'a',
        'b',
        'c',
      ])
      await recorder.close()
      expect(recorder.lost).toBe(2)
      expect(clock.pending).toBe(0)
    }))

  test('a full disk is tried again soon, with a few rows; when they go through, all do', () =>
    withDatabase(async (database) => {
      const clock = createVirtualClock()
      const folder = mkdtempSync(join(tmpdir(), 'jetway-journal-'))
      const broken = await closedDatabase()
      let away = true
      /** Rows in the journal whenever the database is asked. */
      const journaled: number[] = []
      const switched = {
        ...database,
        get query() {
          const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
          journaled.push(texts.join('').split('\n').length - 1)
          return away ? broken.query : database.query
        },
      }
      const tried: number[] = []
      const full: Spool = {
        ...createSpool(folder),
        drain: () => Promise.resolve(),
        keep(rows) {
          tried.push(rows.length)
          return Promise.reject(new Error('no space left on device'))
        },
      }
      const recorder = createRecorder({ database: switched, clock, spool: full, journal: true })
      for (let at = 0; at < 300; at++) recorder.finished(record(`a${at}`))
      await recorder.flush()
      await clock.advance(500)
      await expect.poll(() => tried).toEqual([300, 50])
      away = false
      journaled.length = 0
      await clock.advance(500)
      await expect.poll(async () => (await summarize(database, [], {}))[0]?.calls).toBe(300)
      // The probe, and what waited behind it: a kill between the two would lose it otherwise.
      expect(journaled).toEqual([300, 300])
      await recorder.close()
      expect(recorder.lost).toBe(0)
      rmSync(folder, { recursive: true })
    }))

  test('without a spool a loss is counted and reported', () =>
    withDatabase(async () => {
      const broken = await closedDatabase()
      const recorder = createRecorder({ database: broken, clock: createVirtualClock() })
      recorder.finished(record('a'))
      await recorder.close()
      expect(recorder.lost).toBe(1)
    }))
})
