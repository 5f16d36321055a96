import { afterAll, describe, expect, test } from 'vitest'
import { callRecord, NOON } from '../testing/call-record.ts'
import { createAuditLog } from '../audit/audit.ts'
import { createIdempotencyStore } from '../admin/idempotency.ts'
import { rowFromRecord } from '../ledger/rows.ts'
import { summarize } from '../ledger/summarize.ts'
import { writeCalls } from '../ledger/write.ts'
import { migrate } from '../migrations/migrate.ts'
import { createPromptStore } from '../prompts/prompts.ts'
import { testDatabases } from '../testing/databases.ts'
import { deleteOldRows } from './retention.ts'

const DAY_MS = 86_400_000
const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

describe.each(databases)('retention on $name', (testDatabase) => {
  test('deletes what is older than it keeps, in shares, and leaves the sums', async () => {
    const database = await testDatabase.open()
    await migrate(database)
    // More old calls than one statement deletes.
    const rows = Array.from({ length: 5_300 }, (_, index) =>
      rowFromRecord(
        callRecord(`u${index}`, { startedAt: NOON - (index < 5_200 ? 40 : 1) * DAY_MS }),
      ),
    )
    await writeCalls(database, rows)
    const audit = createAuditLog(database)
    for (const [id, atMs] of [
      ['old', NOON - 500 * DAY_MS],
      ['new', NOON],
    ] as const) {
      await audit.append({ id, atMs, actor: 'master', action: 'x', subject: 'y', detail: {} })
    }
    const before = await summarize(database, ['day'], {})

    const deleted = await deleteOldRows(
      database,
      { callsMs: 30 * DAY_MS, auditMs: 400 * DAY_MS },
      NOON,
    )
    expect(deleted).toBe(5_201)
    const left = await database.query.selectFrom('calls').select('id').execute()
    expect(left).toHaveLength(100)
    expect((await audit.list(10)).entries.map((entry) => entry.id)).toEqual(['new'])
    expect(await summarize(database, ['day'], {})).toEqual(before)

    // The days' sums, too, where that is set; those of months stay.
    await deleteOldRows(database, { dailyMs: 30 * DAY_MS }, NOON)
    expect(await summarize(database, ['day'], {})).toHaveLength(1)
    expect((await summarize(database, ['key_id'], {}))[0]?.calls).toBe(5_300)
    await database.close()
  })

  test('prompts go when their time is over', async () => {
    const database = await testDatabase.open()
    await migrate(database)
    const store = createPromptStore(database)
    const row = { keyId: 'key', box: 'sealed' }
    await store.save([
      { callId: 'short', expiresAtMs: NOON, ...row },
      { callId: 'long', expiresAtMs: NOON + DAY_MS, ...row },
    ])
    // Delivered twice, it is one; and nobody puts another in its place.
    await store.save([{ callId: 'long', expiresAtMs: NOON + 9 * DAY_MS, keyId: 'key', box: 'x' }])
    expect(await store.find('short', NOON - 1)).toMatchObject({ box: 'sealed' })
    expect(await store.find('short', NOON)).toBeUndefined()
    expect(await deleteOldRows(database, {}, NOON + 1)).toBe(1)
    expect(await store.find('long', NOON + 1)).toEqual({
      callId: 'long',
      expiresAtMs: NOON + DAY_MS,
      ...row,
    })
    expect(await deleteOldRows(database, {}, NOON + 2 * DAY_MS)).toBe(1)
    await database.close()
  })

  test('repeated writes are recognised for a day', async () => {
    const database = await testDatabase.open()
    await migrate(database)
    const store = createIdempotencyStore(database)
    expect(await store.begin('id', 'print', NOON)).toBe('begun')
    expect(await store.begin('id', 'print', NOON)).toEqual({ fingerprint: 'print' })
    await store.finish('id', 'sealed')
    expect(await store.begin('id', 'other', NOON)).toEqual({
      fingerprint: 'print',
      answer: 'sealed',
    })
    await deleteOldRows(database, {}, NOON + DAY_MS + 1)
    expect(await store.begin('id', 'print', NOON + DAY_MS + 1)).toBe('begun')
    // Whoever began it and never ended died in it: after a minute another may.
    expect(await store.begin('id', 'print', NOON + DAY_MS + 59_000)).not.toBe('begun')
    expect(await store.begin('id', 'print', NOON + DAY_MS + 62_000)).toBe('begun')
    await database.close()
  })
})
