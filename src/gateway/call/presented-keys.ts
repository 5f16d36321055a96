import type { IncomingHttpHeaders } from 'node:http'

/** Headers that clients of the four dialects put a key in, the most deliberate first. */
const KEY_HEADERS = ['x-litellm-api-key', 'authorization', 'api-key', 'x-api-key', 'x-goog-api-key']
const BEARER = /^bearer +/i
const OTHER_SCHEME = /^[a-z][a-z0-9-]* +/i
/** Longer than any key; hashing a header of 32 KB for each guess is work for nothing. */
const MAX_KEY_LENGTH = 4096

/** Every key in the headers, without `Bearer`, in order of precedence. */
export function presentedKeys(headers: IncomingHttpHeaders): readonly string[] {
  const keys: string[] = []
  for (const name of KEY_HEADERS) {
    const value = headers[name]
    if (typeof value !== 'string') continue
    const key = keyIn(name, value)
    if (key !== '' && key.length <= MAX_KEY_LENGTH && !keys.includes(key)) keys.push(key)
  }
  return keys
}

function keyIn(header: string, value: string): string {
  const bare = value.replace(BEARER, '')
  if (header !== 'authorization') return bare.trim()
  // `Basic …` and the like hold no key of ours.
  return bare === value && OTHER_SCHEME.test(value) ? '' : bare.trim()
}
