import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { CallRecord } from '../../core/ledger.ts'
import { migrate } from '../migrations/migrate.ts'
import { callRecord, NOON } from '../testing/call-record.ts'
import { testDatabases } from '../testing/databases.ts'
import { detailFrom } from './detail.ts'
import { listCalls } from './read.ts'
import { CALL_COLUMNS, rowFromRecord, type CallRow } from './rows.ts'
import { writeCalls } from './write.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

const word = fc.constantFrom('a', 'b', "it's", 'x'.repeat(100), 'gpt-4o', '?', '')
const perhaps = fc.option(word, { nil: null })
const count = fc.constantFrom(0, 0, 1, 2 ** 40)

/** Of every kind: with and without each thing that may be missing. */
const someRow = fc.record({
  key_id: perhaps,
  key_alias: perhaps,
  user_id: perhaps,
  team_id: perhaps,
  provider: perhaps,
  wire: perhaps,
  mode: perhaps,
  initiator: perhaps,
  error: perhaps,
  cost_source: perhaps,
  operation: word,
  dialect: word,
  outcome: word,
  stream: fc.constantFrom(0, 1),
  status: fc.constantFrom(200, 401, 499),
  attempts: fc.constantFrom(0, 1, 2),
  cached_tokens: count,
  cache_write_tokens: count,
  reasoning_tokens: count,
  saved_nano_credits: count,
  queued_ms: fc.constantFrom(0, 7),
  first_byte_ms: fc.constantFrom(null, 0, 5),
})

describe.each(databases)('written calls on $name', (testDatabase) => {
  test('are read as they were, whatever they have and have not', async () => {
    const database = await testDatabase.open()
    await migrate(database)
    let batch = 0
    await fc.assert(
      fc.asyncProperty(fc.array(someRow, { minLength: 1, maxLength: 90 }), async (some) => {
        batch++
        const startedAt = NOON + batch * 1000
        const rows = some.map((changes, at): CallRow => {
          const record = callRecord(`${batch}-${String(at).padStart(3, '0')}`, { startedAt })
          return { ...rowFromRecord(record), ...changes }
        })
        await writeCalls(database, rows)
        const found = await database.query
          .selectFrom('calls')
          .select([...CALL_COLUMNS])
          .where('started_at', '=', startedAt)
          .orderBy('id')
          .execute()
        // SQLite's rows have no prototype.
        expect(JSON.parse(JSON.stringify(found))).toEqual(rows)
      }),
      { numRuns: 40 },
    )
    await database.close()
  })

  test('say what happened on the way, of one attempt and of several', async () => {
    const database = await testDatabase.open()
    await migrate(database)
    const attempt: CallRecord['attempts'][number] = {
      number: 1,
      provider: 'github_copilot',
      model: 'gpt-4o',
      wire: 'chat',
      startedMs: 0.25,
      durationMs: 12.5,
      status: 200,
      initiator: 'user',
    }
    const failed = { ...attempt, status: 503, error: 'busy', next: 'fallback to gpt-4.1' }
    const second = { ...attempt, number: 2, model: 'gpt-4.1', startedMs: 40.125 }
    const all = [
      [],
      [attempt],
      [failed, second],
      [{ ...failed, provider: 'other', wire: 'messages' }],
    ]
    const records = all.map((attempts, at) =>
      callRecord(`${at}`, {
        startedAt: NOON - at,
        attempts: attempts as CallRecord['attempts'],
        ...(at === 1 || at === 2 ? { rewrites: [], degraded: [] } : {}),
      }),
    )
    await writeCalls(database, records.map(rowFromRecord))
    const { rows } = await listCalls(database, {}, 10)
    expect(rows.map(({ detail }) => detail)).toEqual(
      records.map(({ attempts, rewrites, degraded }) => ({
        wireReason: 'the client speaks it',
        initiatorReason: 'the last message is a person’s',
        rewrites,
        degraded,
        attempts,
      })),
    )
    await database.close()
  })
})

test('a row of an earlier version has all of it in its detail', () => {
  const detail = {
    wireReason: 'why',
    rewrites: [],
    degraded: ['top_k'],
    attempts: [
      {
        number: 1,
        provider: 'github_copilot',
        model: 'gpt-4o',
        wire: 'chat',
        startedMs: 1.23456789,
        durationMs: 2,
        status: 0,
        initiator: 'agent',
        error: 'reset',
      },
    ],
  }
  const row = rowFromRecord(callRecord('a')) as Parameters<typeof detailFrom>[0]
  expect(detailFrom({ ...row, detail: JSON.stringify(detail) })).toEqual(detail)
})

test.each([
  "the client's own wire",
  'says "so"',
  'back\\slash',
  'two\nlines',
  'a person’s',
  '',
  undefined,
])('a usual call says why, and it is JSON: %j', (reason) => {
  const attempt = {
    number: 1,
    provider: 'github_copilot',
    model: 'gpt-4o',
    wire: 'chat',
    startedMs: 0.5,
    durationMs: 1e21,
    status: 200,
    initiator: 'user',
  } as const
  const detail = {
    wireReason: reason,
    initiatorReason: "the last message is the user's",
    rewrites: [],
    degraded: [],
    attempts: [attempt],
  }
  const record = callRecord('a', {
    ...detail,
    initiator: { value: 'user', reason: detail.initiatorReason },
  })
  const row = rowFromRecord(record) as Parameters<typeof detailFrom>[0]
  expect(detailFrom(row)).toEqual(detail)
  // What the columns say is not said twice.
  expect(row.detail).not.toContain('gpt-4o')
})
