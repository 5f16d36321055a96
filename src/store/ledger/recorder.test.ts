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
import { testDatabases } from '../testing/databases.ts'
import { withEmptyDatabase } from '../testing/with-empty-database.ts'
import { findCall, listCalls } from './read.ts'
import { createRecorder } from './recorder.ts'
import { rowFromRecord } from './rows.ts'
import { callRecord as record } from '../testing/call-record.ts'
import { summarize } from './summarize.ts'
import { createSpool, type Spool } from './spool.ts'
import { writeCalls } from './write.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

describe.each(databases)('the recorder on $name', (testDatabase) => {
  const withDatabase = (use: (database: Database) => Promise<void>): Promise<void> =>
    withEmptyDatabase(testDatabase, use)

  /** Takes nothing. */
  async function closedDatabase(): Promise<Database> {
    const database = await testDatabase.open()
    // Who has never asked anything could still begin to.
    await sql`select 1`.execute(database.query)
    await database.close()
    return database
  }

  /** Away until `away` says otherwise. */
  async function switched(database: Database, onAsked: () => void = () => {}) {
    const broken = await closedDatabase()
    const house: { away: boolean; readonly database: Database } = {
      away: true,
      database: {
        ...database,
        get query() {
          onAsked()
          return house.away ? broken.query : database.query
        },
      },
    }
    return house
  }

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

  test('what finishes while a batch is written goes together into the next', () =>
    withDatabase(async (database) => {
      let batches = 0
      const counted = {
        ...database,
        get query() {
          batches += 1
          return database.query
        },
      }
      const recorder = createRecorder({
        database: counted,
        clock: createVirtualClock(),
        batchRows: 10,
      })
      for (let at = 0; at < 100; at++) recorder.finished(record(`a${at}`))
      await expect.poll(async () => (await summarize(database, [], {}))[0]?.calls).toBe(100)
      expect(batches).toBe(2)
      await recorder.close()
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
      const house = await switched(database)
      const recorder = createRecorder({
        database: house.database,
        clock,
        heldRows: 3,
        batchRows: 2,
      })
      for (const id of ['a', 'b', 'c']) recorder.finished(record(id))
      await recorder.flush()
      recorder.finished(record('d'))
      recorder.finished(record('e'))
      await recorder.flush()
      expect(recorder.lost).toBe(2)
      house.away = false
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
      /** Rows in the journal whenever the database is asked. */
      const journaled: number[] = []
      const house = await switched(database, () => {
        const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
        journaled.push(texts.join('').split('\n').length - 1)
      })
      const tried: number[] = []
      const full: Spool = {
        ...createSpool(folder),
        drain: () => Promise.resolve(),
        keep(rows) {
          tried.push(rows.length)
          return Promise.reject(new Error('no space left on device'))
        },
      }
      const recorder = createRecorder({
        database: house.database,
        clock,
        spool: full,
        journal: true,
      })
      for (let at = 0; at < 300; at++) recorder.finished(record(`a${at}`))
      await recorder.flush()
      await clock.advance(500)
      await expect.poll(() => tried).toEqual([300, 50])
      house.away = false
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
