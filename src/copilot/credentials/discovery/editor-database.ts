import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { editorFolder } from './editor-files.ts'
import type { Found, Machine } from './foreign-file.ts'
import { foundToken } from './foreign-file.ts'

/** The part of `node:sqlite` that is used; the type definitions of Node 20 do not know it. */
interface Sqlite {
  readonly DatabaseSync: new (path: string, options: { readOnly: boolean }) => Database
}

interface Database {
  prepare(sql: string): { all(...values: string[]): readonly Record<string, unknown>[] }
  close(): void
}

const QUERY = `select auth_authority, user_login, token_ciphertext from oauth_tokens
  where token_schema_version = 0 order by last_used_at desc limit 50`

/**
 * `auth.db` of GitHub's language server. Where the machine has a keyring its tokens are encrypted for it and of no use here;
 * without one they stand in rows of schema version 0 as they are.
 */
export async function findEditorDatabase(machine: Machine): Promise<Found> {
  const file = join(editorFolder(machine), 'auth.db')
  const exists = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  )
  if (!exists) return undefined
  const sqlite = await loadSqlite()
  if (!sqlite) return { place: file, skipped: 'this Node cannot read SQLite' }
  try {
    const database = new sqlite.DatabaseSync(file, { readOnly: true })
    try {
      return pick(database.prepare(QUERY).all(), file, machine.host)
    } finally {
      database.close()
    }
  } catch {
    return { place: file, skipped: 'it cannot be read as a database of sign-ins' }
  }
}

function pick(rows: readonly Record<string, unknown>[], file: string, host: string): Found {
  for (const row of rows) {
    const authority = textOf(row['auth_authority'])
    if (authority !== host && !authority.startsWith(`${host}:`)) continue
    const token = textOf(row['token_ciphertext'])
    const login = textOf(row['user_login']) || undefined
    if (token !== '')
      return foundToken(token, { source: 'github-copilot auth.db', file, host, login })
  }
  return { place: file, skipped: 'its tokens are encrypted for the keyring of this machine' }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : ''
}

/** The package first: Node's own module warns that it is experimental. Neither is a must. */
async function loadSqlite(): Promise<Sqlite | undefined> {
  for (const name of ['@photostructure/sqlite', 'node:sqlite']) {
    try {
      return (await import(name)) as Sqlite
    } catch {
      continue
    }
  }
  return undefined
}
