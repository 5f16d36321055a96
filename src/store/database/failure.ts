import { sqliteCodeOf } from './sqlite-code.ts'

/** What of a failure may be said: its code and, for our own and SQLite's, its words. A driver's message may hold an address with a password. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure'
  const { code } = error as NodeJS.ErrnoException
  const inner: unknown = error.cause
  if (code !== undefined) return `${code}: ${withoutSecrets(error.message)}`
  return inner instanceof Error && inner !== error
    ? `${withoutSecrets(error.message)} (${reasonOf(inner)})`
    : withoutSecrets(error.message)
}

function withoutSecrets(text: string): string {
  return text.replace(/\b[a-z][a-z0-9+]*:\/\/\S*/gi, 'the configured address').slice(0, 300)
}

/**
 * Whether another try makes no difference until a person acts: a wrong password, a database that does not exist, one of a
 * newer version of Jetway. Everything else may pass: no network yet, a server that starts, a full disk.
 * Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isPermanent(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException
    if (code !== undefined && /^(28...|3D000|ERR_INVALID_URL)$/.test(code)) return true
    if (/corrupted migrations|install the package|install the optional package/.test(at.message))
      return true
  }
  return false
}

/**
 * Whether the database, and not the request, is what went wrong: full, locked, read-only, unreachable, out of connections.
 * What breaks a rule of the schema is not among these: that is a defect of ours.
 * Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isStoreFailure(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (SQLITE_AWAY.has(sqliteCodeOf(at) ?? 0)) return true
    const { code } = at as NodeJS.ErrnoException
    if (code !== undefined && (POSTGRES_AWAY.test(code) || SOCKET_AWAY.test(code))) return true
    if (/connection terminated|timeout exceeded when trying to connect/i.test(at.message))
      return true
  }
  return false
}

/** BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN */
const SQLITE_AWAY: ReadonlySet<number> = new Set([5, 6, 8, 10, 13, 14])
/** Connection, read-only, rolled back for another, out of resources, stopped by an operator, of the system. */
const POSTGRES_AWAY = /^(08...|25006|40...|53...|57...|58...)$/
const SOCKET_AWAY = /^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOSPC)/
