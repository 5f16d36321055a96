import { ConfigError } from './problem.ts'

const ALLOWED =
  'must be postgres://… or postgresql://…, the path of an SQLite file (file:… too), or :memory:'

/** Without the value, which may hold a password. */
export const DATABASE_PLACES = `${ALLOWED}; a path with a colon begins with ./`

/** `mysql://…`, `postgresql+asyncpg://…`, and the user of `user:password@host/name`. */
const SCHEME = /^[\w+.-]+:/
const DRIVE = /^[a-z]:[\\/]/i
/** PostgreSQL's other way to write an address: `host=db password=…`. */
const WORDS = /(?:^|\s)(?:host|hostaddr|user|password|dbname|service)\s*=/i
const POSTGRES = /^postgres(?:ql)?:\/\//i
/** With a host, or with what SQLite reads behind a `?`, it is more than the path of a file. */
const FILE = /^file:(?!\/\/[^/])[^?#]+$/

/**
 * Whether the gateway's data can be kept there. What is neither a server's address nor a path would otherwise be made: an
 * empty SQLite file somewhere in the current folder, the password among the names of its folders.
 */
export function isDatabasePlace(text: string): boolean {
  if (text === ':memory:' || POSTGRES.test(text) || FILE.test(text)) return true
  if (text !== text.trim() || WORDS.test(text)) return false
  return DRIVE.test(text) || !SCHEME.test(text)
}

/**
 * For a place that no file's check has seen: `DATABASE_URL`, which says nothing to those who open no database, and may be
 * another program's. Throws a `ConfigError`.
 */
export function requireDatabasePlace(text: string | undefined, name = 'DATABASE_URL'): void {
  if (text === undefined || isDatabasePlace(text)) return
  throw new ConfigError([{ message: `${name} ${DATABASE_PLACES}` }])
}
