import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonErrorAt } from './json-error-at.ts'

test.each([
  ['', 1, 1, 'it ends early'],
  ['{', 1, 2, 'it ends early'],
  ['{"a" 1}', 1, 6, '":" is missing'],
  ['{"a":1 "b":2}', 1, 8, '"," or "}" is missing'],
  ['[1 2]', 1, 4, '"," or "]" is missing'],
  ['[1,]', 1, 4, 'a value is missing'],
  ['{"a":1,}', 1, 8, 'a name in double quotes is missing'],
  ["{'a':1}", 1, 2, 'a name in double quotes is missing'],
  ['{"a":\n  tru}', 2, 3, 'a value is missing'],
  ['["a\nb"]', 1, 4, 'a string holds a character that must be escaped'],
  ['["\\x"]', 1, 3, 'a string holds a character that must be escaped'],
  ['[01]', 1, 3, '"," or "]" is missing'],
  ['{} {}', 1, 4, 'there is text after the end'],
  ['[}', 1, 2, 'a value is missing'],
])('%j', (text, line, column, what) => {
  expect(jsonErrorAt(text)).toEqual({ line, column, what })
})

test('JSON cut anywhere ends early, and what is before the place is never the fault', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, cut) => {
      const part = text.slice(0, cut % text.length)
      if (isJson(part)) return
      const { line, column, what } = jsonErrorAt(part)
      expect(what).toBe('it ends early')
      expect({ line, column }).toEqual({ line: 1, column: part.length + 1 })
    }),
  )
})

test('a character put into JSON is found no later than where it stands, or nothing is wrong with it', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('{', '}', '[', ']', ',', ':', '"', 'x', '\u0001'),
      (text, at, char) => {
        const place = at % (text.length + 1)
        const broken = text.slice(0, place) + char + text.slice(place)
        if (isJson(broken)) return
        const { column, what } = jsonErrorAt(broken)
        expect(column).toBeGreaterThan(0)
        expect(column).toBeLessThanOrEqual(broken.length + 1)
        expect(what).not.toContain(text.length > 2 ? text : '\u0000')
      },
    ),
  )
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
