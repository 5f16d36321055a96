import type { JsonValue } from './json.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

interface Member {
  readonly key: string
  /** From the key's opening quote … */
  readonly start: number
  /** … to the end of the value. */
  readonly end: number
}

/**
 * Changes top-level members of a JSON object in its bytes, without re-serialising the rest: a 300 KB prompt whose model
 * name changes is copied, not printed again. `bytes` must be a valid JSON object (it was parsed before). An edit to
 * `undefined` removes the member; a new key is put at the end. Of a repeated key every occurrence is removed.
 */
export function spliceJson(
  bytes: Uint8Array,
  edits: ReadonlyMap<string, JsonValue | undefined>,
): Uint8Array {
  if (edits.size === 0) return bytes
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const open = source.indexOf(0x7b)
  const pieces: Uint8Array[] = []
  let written = false
  const put = (piece: Uint8Array): void => {
    pieces.push(written ? COMMA : OPEN, piece)
    written = true
  }

  let runStart = -1
  let runEnd = -1
  for (const member of members(source, open + 1)) {
    if (edits.has(member.key)) {
      if (runStart >= 0) put(source.subarray(runStart, runEnd))
      runStart = -1
      continue
    }
    if (runStart < 0) runStart = member.start
    runEnd = member.end
  }
  if (runStart >= 0) put(source.subarray(runStart, runEnd))
  for (const [key, value] of edits) {
    if (value !== undefined) put(Buffer.from(`${JSON.stringify(key)}:${JSON.stringify(value)}`))
  }
  pieces.push(written ? CLOSE : EMPTY)
  return Buffer.concat(pieces)
}

const OPEN = Buffer.from('{')
const COMMA = Buffer.from(',')
const CLOSE = Buffer.from('}')
const EMPTY = Buffer.from('{}')

function* members(source: Buffer, from: number): Generator<Member> {
  let at = from
  for (;;) {
    at = skipTo(source, at)
    if (source[at] !== QUOTE) return
    const start = at
    const keyEnd = stringEnd(source, at)
    const key = JSON.parse(source.toString('utf8', start, keyEnd)) as string
    at = valueEnd(source, source.indexOf(0x3a, keyEnd) + 1)
    yield { key, start, end: at }
  }
}

/** Past white space and commas. */
function skipTo(source: Buffer, from: number): number {
  let at = from
  for (let byte = source[at]; byte === 0x2c || isSpace(byte); byte = source[++at]);
  return at
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** Just behind the closing quote. Long strings are crossed by native search, not byte by byte. */
function stringEnd(source: Buffer, open: number): number {
  let at = open + 1
  for (;;) {
    const quote = source.indexOf(QUOTE, at)
    if (quote === -1) return source.length
    let slashes = 0
    while (source[quote - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}

function valueEnd(source: Buffer, from: number): number {
  let at = from
  while (isSpace(source[at])) at++
  const first = source[at]
  if (first === QUOTE) return stringEnd(source, at)
  if (first !== 0x7b && first !== 0x5b) {
    while (at < source.length && source[at] !== 0x2c && source[at] !== 0x7d && !isSpace(source[at]))
      at++
    return at
  }
  let depth = 0
  while (at < source.length) {
    const byte = source[at]
    if (byte === QUOTE) {
      at = stringEnd(source, at)
      continue
    }
    if (byte === 0x7b || byte === 0x5b) depth++
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return at + 1
    at++
  }
  return at
}
