import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Redact } from './redactor.ts'

export interface ShortText {
  readonly text: string
  /** Of the whole. */
  readonly characters: number
}

/** Longer than any secret: what a cut may have halved lies within it, and goes. */
const MARGIN = 8_192
/** The end of a prompt is what was asked; its beginning is much the same in each call. */
const HEAD_SHARE = 0.25

/** Redacted, then cut in the middle: never the other way round, or half a secret would be left. */
export function shortText(whole: string, longest: number, redact: Redact): ShortText {
  const characters = whole.length
  const text = withoutData(whole)
  const head = Math.floor(longest * HEAD_SHARE)
  const tail = longest - head
  if (text.length <= longest + 2 * MARGIN) return { text: cut(redact(text), longest), characters }
  // Redaction takes time with every character: only what may be kept is looked at.
  const first = redact(text.slice(0, head + MARGIN)).slice(0, head)
  const last = redact(text.slice(-(tail + MARGIN))).slice(-tail)
  return { text: joined(first, characters - head - tail, last), characters }
}

/**
 * The same for JSON, each string for itself, since a pattern knows nothing of JSON's escapes. From the end to the beginning: when
 * enough was looked at, older strings are left out.
 */
export function shortJson(value: JsonObject, longest: number, redact: Redact): string {
  let left = longest
  const clean = (text: string): string => {
    const plain = withoutData(text)
    if (left <= 0 && plain.length > SHORT_WORD) return `[… ${plain.length} characters left out …]`
    const room = Math.max(left, SHORT_WORD)
    left -= plain.length
    if (plain.length <= room + MARGIN) return redact(plain)
    const last = redact(plain.slice(-(room + MARGIN))).slice(-room)
    return `[… ${plain.length - room} characters left out …]${last}`
  }
  const walk = (node: JsonValue | undefined): JsonValue => {
    if (typeof node === 'string') return clean(node)
    if (Array.isArray(node))
      return node.map((_, at) => walk(node[node.length - 1 - at])).toReversed()
    if (typeof node !== 'object' || node === null) return node ?? null
    const members = Object.entries(node).toReversed()
    return Object.fromEntries(
      members.map(([name, member]) => [name, walk(member)] as const).toReversed(),
    )
  }
  // Once more over the whole, for what stands in names.
  return cut(redact(cut(JSON.stringify(walk(value)), 2 * longest)), longest)
}

/** Roles, types and ids stay, so that one can see what was left out. */
const SHORT_WORD = 64

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text
  const head = Math.floor(longest * HEAD_SHARE)
  return joined(text.slice(0, head), text.length - longest, text.slice(-(longest - head)))
}

function joined(first: string, left: number, last: string): string {
  return `${first}\n[… ${left} characters left out …]\n${last}`
}

const LONGEST_WORD = 2_000

/** Images and files say nothing as text. */
function withoutData(text: string): string {
  if (text.length <= LONGEST_WORD) return text
  return text.replace(/[A-Za-z0-9+/_-]+={0,2}/g, (word) =>
    word.length <= LONGEST_WORD ? word : `[${word.length} characters of data]`,
  )
}
