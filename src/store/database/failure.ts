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
