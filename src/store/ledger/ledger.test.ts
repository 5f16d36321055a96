import { afterAll, describe, expect, test } from 'vitest'
import type { Database } from '../database/open.ts'
import { testDatabases } from '../testing/databases.ts'
import { withEmptyDatabase } from '../testing/with-empty-database.ts'
import { findCall, listCalls } from './read.ts'
import { rowFromRecord } from './rows.ts'
import { callRecord as record, NOON } from '../testing/call-record.ts'
import { summarize } from './summarize.ts'
import { writeCalls } from './write.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

describe.each(databases)('the ledger on $name', (testDatabase) => {
  const withDatabase = (use: (database: Database) => Promise<void>): Promise<void> =>
    withEmptyDatabase(testDatabase, use)

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
})
