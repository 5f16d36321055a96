export interface JsonErrorPlace {
  /** Both count from 1. */
  readonly line: number
  readonly column: number
  /** As `a value is missing`. */
  readonly what: string
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
// oxlint-disable-next-line no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
/** A string's start, as far as it is good: where it breaks off is where the error is. */
// oxlint-disable-next-line no-control-regex
const STRING_START = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y
/** A number, a word or an escape that the end of the text cuts in two. */
const CUT = /(?:-|\.|[eE][+-]?|t|tr|tru|f|fa|fal|fals|n|nu|nul|\\(?:u[0-9a-fA-F]{0,3})?)$/y
const SPACE = /[ \t\r\n]*/y

/**
 * Where text that is no JSON stops being it. `JSON.parse` says so in words that differ between versions and repeat the
 * text. Runs only when parsing has failed.
 */
export function jsonErrorAt(text: string): JsonErrorPlace {
  const found = firstError(text)
  const early = found.at >= text.length || skip(CUT, text, found.at) > found.at
  const at = early ? text.length : found.at
  const before = text.slice(0, at)
  return {
    line: before.split('\n').length,
    column: at - before.lastIndexOf('\n'),
    what: early ? 'it ends early' : found.what,
  }
}

interface Found {
  readonly at: number
  readonly what: string
}

type Expected = 'value' | 'value-or-close' | 'key' | 'key-or-close' | 'separator'

function firstError(text: string): Found {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let at = skip(SPACE, text, 0)

  for (; at < text.length; at = skip(SPACE, text, at)) {
    const char = text[at]
    const inside = open.at(-1)
    const closes = (inside === '{' && char === '}') || (inside === '[' && char === ']')
    if (closes && expected !== 'value' && expected !== 'key') {
      open.pop()
      expected = 'separator'
      at++
    } else if (expected === 'separator') {
      if (inside === undefined) return { at, what: 'there is text after the end' }
      if (char !== ',') return { at, what: `"," or "${inside === '{' ? '}' : ']'}" is missing` }
      expected = inside === '{' ? 'key' : 'value'
      at++
    } else if (expected === 'key' || expected === 'key-or-close') {
      const end = skip(STRING, text, at)
      if (end === at) return stringError(text, at, 'a name in double quotes is missing')
      at = skip(SPACE, text, end)
      if (text[at] !== ':') return { at, what: '":" is missing' }
      expected = 'value'
      at++
    } else if (char === '{' || char === '[') {
      open.push(char)
      expected = char === '{' ? 'key-or-close' : 'value-or-close'
      at++
    } else {
      const end = scalarEnd(text, at)
      if (end === at) return stringError(text, at, 'a value is missing')
      expected = 'separator'
      at = end
    }
  }
  return { at: text.length, what: 'it ends early' }
}

function scalarEnd(text: string, at: number): number {
  for (const pattern of [STRING, NUMBER, WORD]) {
    const end = skip(pattern, text, at)
    if (end > at) return end
  }
  return at
}

function stringError(text: string, at: number, otherwise: string): Found {
  if (text[at] !== '"') return { at, what: otherwise }
  return {
    at: skip(STRING_START, text, at),
    what: 'a string holds a character that must be escaped',
  }
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}
