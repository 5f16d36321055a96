import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSeededRandom } from '../../core/random.ts'
import type { Database } from '../database/open.ts'
import { migrate } from '../migrations/migrate.ts'
import { callRecord } from '../testing/call-record.ts'
import { testDatabases } from '../testing/databases.ts'
import { rowFromRecord, type CallRow } from './rows.ts'
import { piecesOf, summarize, type SummaryBy } from './summarize.ts'
import { writeCalls } from './write.ts'

const DAY_MS = 86_400_000
const FIRST = Date.UTC(2026, 0, 1)
const DAYS = 120
const dayAt = (index: number): string => new Date(FIRST + index * DAY_MS).toISOString().slice(0, 10)

/** A day of the first months of 2026, or no bound. */
const someDay = fc.option(fc.integer({ min: 0, max: DAYS - 1 }).map(dayAt), { nil: undefined })

describe('a range of days in months and days', () => {
  test('holds each day of the range once, and no other', () => {
    fc.assert(
      fc.property(someDay, someDay, (from, to) => {
        fc.pre(from === undefined || to === undefined || from <= to)
        const pieces = piecesOf(from, to)
        for (let index = -40; index < DAYS + 40; index++) {
          const day = dayAt(index)
          const counted = pieces.reduce((sum, piece) => {
            const at = piece.span === 'day' ? day : day.slice(0, 7)
            const inside = (piece.from ?? '') <= at && at <= (piece.to ?? '9999')
            return inside ? sum + piece.sign : sum
          }, 0)
          const wanted = (from ?? '') <= day && day <= (to ?? '9999')
          expect(counted).toBe(wanted ? 1 : 0)
        }
      }),
    )
  })
})

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

describe.each(databases)('a summary on $name', (testDatabase) => {
  const random = createSeededRandom(7)
  const pick = (count: number): number => Math.floor(random() * count)
  const rows: readonly CallRow[] = Array.from({ length: 600 }, (_, index) =>
    rowFromRecord(
      callRecord(`u${index}`, {
        startedAt: FIRST + pick(DAYS) * DAY_MS,
        caller: {
          kind: 'key',
          keyId: `k${pick(6)}`,
          userId: `u${pick(3)}`,
          teamId: pick(2) === 0 ? undefined : 't',
          seat: 'own',
        },
        model: `m${pick(3)}`,
        outcome: pick(4) === 0 ? 'failed' : 'ok',
        cost: { nanoCredits: pick(9e13), source: 'upstream', savedNanoCredits: 1 },
      }),
    ),
  )
  let database: Database
  beforeAll(async () => {
    database = await testDatabase.open()
    await migrate(database)
    for (let from = 0; from < rows.length; from += 50)
      await writeCalls(database, rows.slice(from, from + 50))
  })
  afterAll(() => database.close())

  const dimensions: readonly SummaryBy[] = [
    'day',
    'key_id',
    'user_id',
    'team_id',
    'model',
    'provider',
  ]
  test('is what adding up the calls gives, whatever is asked', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom(...dimensions), { minLength: 1, maxLength: 3 }),
        fc.tuple(someDay, someDay),
        fc.constantFrom(
          {},
          { keyId: 'k1' },
          { userId: 'u2' },
          { teamId: 't' },
          { keyId: 'k1', userId: 'u0' },
        ),
        async (by, [fromDay, toDay], who: { keyId?: string; userId?: string; teamId?: string }) => {
          const summary = await summarize(database, by, { fromDay, toDay, ...who })
          const found = summary.map((row) => [
            by.map((name) => row.group[name]).join(' '),
            row.calls,
            row.failed,
            row.nanoCredits,
          ])
          const expected = new Map<string, [number, number, bigint]>()
          for (const row of rows) {
            if (fromDay !== undefined && row.day < fromDay) continue
            if (toDay !== undefined && row.day > toDay) continue
            if (who.keyId !== undefined && row.key_id !== who.keyId) continue
            if (who.userId !== undefined && row.user_id !== who.userId) continue
            if (who.teamId !== undefined && row.team_id !== who.teamId) continue
            const group = by.map((name) => row[name] ?? '').join(' ')
            const [calls, failed, nano] = expected.get(group) ?? [0, 0, 0n]
            const bad = row.outcome === 'ok' ? 0 : 1
            expected.set(group, [calls + 1, failed + bad, nano + BigInt(row.nano_credits)])
          }
          const wanted = [...expected].map(([group, [calls, failed, nano]]) => [
            group,
            calls,
            failed,
            nano,
          ])
          expect(new Set(found.map(String))).toEqual(new Set(wanted.map(String)))
          expect(found).toHaveLength(wanted.length)
        },
      ),
      { numRuns: 150 },
    )
  })
})
