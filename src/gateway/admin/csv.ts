import type { JsonObject, JsonValue } from '../../core/json.ts'

/** Rows with the same names as lines of CSV (RFC 4180), the names first. */
export function csvHead(names: readonly string[]): string {
  return `${names.join(',')}\r\n`
}

export function csvLine(row: JsonObject, names: readonly string[]): string {
  return `${names.map((name) => cell(row[name])).join(',')}\r\n`
}

/**
 * What begins like a formula gets an apostrophe in front: model names and aliases come from callers, and spreadsheets run
 * what begins so (https://owasp.org/www-community/attacks/CSV_Injection). Numbers are left alone.
 */
function cell(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
