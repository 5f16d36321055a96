import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openDatabase, type Database } from '../database/open.ts'
import { writeCalls } from '../ledger/write.ts'
import { rowFromRecord } from '../ledger/rows.ts'
import { migrate } from '../migrations/migrate.ts'
import { callRecord } from '../testing/call-record.ts'
import { startPostgres } from '../testing/postgres-server.ts'
import { backupSqlite, exportStore, importStore, moveStore, type Counts } from './index.ts'
import { readRows, type Row } from './rows.ts'

const postgres = await startPostgres()
const folder = mkdtempSync(join(tmpdir(), 'jetway-transfer-'))
afterAll(async () => {
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})
const inFolder = (name: string): string => join(folder, name)

/** More rows than one batch holds, with what databases differ in: nothing, large numbers, any text. */
async function filled(location: string): Promise<string> {
  const database = await openDatabase(location)
  await migrate(database)
  const rows = Array.from({ length: 1203 }, (_, index) =>
    rowFromRecord(
      callRecord(`u${index}`, {
        startedAt: 1_790_000_000_000 + index * 90_000,
        modelAsked: index % 2 === 0 ? 'gpt-4o' : 'naïve “model” 模型\n',
        cost: { nanoCredits: 9_007_199_254_740, source: 'upstream', savedNanoCredits: 0 },
      }),
    ),
  )
  await writeCalls(database, rows)
  await database.query
    .insertInto('spending')
    .values([
      { scope: 'key:a', period_start: 0, spent: 9_007_199_254_740_991, held: 0 },
      { scope: 'key:a', period_start: 1_790_000_000_000, spent: 1, held: 2 },
    ])
    .execute()
  await database.close()
  return location
}

async function contents(location: string): Promise<Record<string, readonly Row[]>> {
  const database: Database = await openDatabase(location)
  try {
    const found: Record<string, Row[]> = {}
    for await (const { table, rows } of readRows(database.query)) {
      found[table] = [...(found[table] ?? []), ...rows]
    }
    for (const rows of Object.values(found)) {
      rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    }
    return found
  } finally {
    await database.close()
  }
}

const source = await filled(inFolder('source.db'))

describe('a store', () => {
  test.each(['export.jsonl', 'export.jsonl.gz'])('comes back from %s as it was', async (name) => {
    const seen: string[] = []
    const total = await exportStore(source, inFolder(name), (table, rows) =>
      seen.push(`${table} ${rows}`),
    )
    expect(seen).toContain('calls 1203')
    expect(statSync(inFolder(name)).mode & 0o777).toBe(0o600)
    const counts: Counts = await importStore(inFolder(name), inFolder(`${name}.db`))
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(total)
    expect(await contents(inFolder(`${name}.db`))).toEqual(await contents(source))
  })

  test('is copied while it is written to', async () => {
    const writer = await openDatabase(source)
    const backup = backupSqlite(source, inFolder('backup.db'))
    await writeCalls(writer, [])
    await backup
    await writer.close()
    expect(await contents(inFolder('backup.db'))).toEqual(await contents(source))
    expect(statSync(inFolder('backup.db')).mode & 0o777).toBe(0o600)
  })

  test.skipIf(!postgres)('moves to PostgreSQL and back', async () => {
    await moveStore(source, postgres?.url ?? '')
    expect(await contents(postgres?.url ?? '')).toEqual(await contents(source))
    await moveStore(postgres?.url ?? '', inFolder('back.db'))
    expect(await contents(inFolder('back.db'))).toEqual(await contents(source))
    await expect(moveStore(source, postgres?.url ?? '')).rejects.toThrow('holds data already')
  })

  test('leaves nothing behind beside its file', () => {
    expect(readdirSync(folder).filter((name) => /snapshot|part/.test(name))).toEqual([])
  })
})

describe('an import takes all or nothing', () => {
  test.each([
    [
      'cut short',
      (text: string) => text.slice(0, text.length / 2).replace(/\n[^\n]*$/, '\n'),
      'not whole',
    ],
    ['cut in a line', (text: string) => text.slice(0, -30), 'not an export'],
    [
      'with a line missing',
      (text: string) => text.replace(/\n\{"table":"calls"[^\n]*/, ''),
      'not whole',
    ],
    ['of another program', () => '{"hello":1}\n', 'line 1'],
    [
      'of a newer version',
      (text: string) => text.replace('0001-first', '0999-later'),
      'newer version',
    ],
    [
      'with a foreign table',
      (text: string) => text.replace('"table":"calls"', '"table":"pg_user"'),
      'no row of a table',
    ],
  ])('%s', async (name, damage, words) => {
    await exportStore(source, inFolder('whole.jsonl'))
    const damaged = inFolder(`${name}.jsonl`)
    writeFileSync(damaged, damage(readFileSync(inFolder('whole.jsonl'), 'utf8')))
    const target = inFolder(`${name}.db`)
    await expect(importStore(damaged, target)).rejects.toThrow(words)
    expect(await contents(target)).toEqual({})
  })

  test('a file that is not there', async () => {
    await expect(importStore(inFolder('none.jsonl'), inFolder('none.db'))).rejects.toThrow('ENOENT')
  })
})
