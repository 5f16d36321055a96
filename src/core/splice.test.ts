import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from './json.ts'
import { spliceJson } from './splice.ts'

function splice(text: string, edits: Record<string, JsonValue | undefined>): string {
  return Buffer.from(spliceJson(Buffer.from(text), new Map(Object.entries(edits)))).toString()
}

describe('spliceJson', () => {
  const table: readonly [string, string, Record<string, JsonValue | undefined>, string][] = [
    [
      'replaces a member, which moves to the end',
      '{"model":"a","n":1}',
      { model: 'b' },
      '{"n":1,"model":"b"}',
    ],
    ['adds a member', '{"n":1}', { model: 'b' }, '{"n":1,"model":"b"}'],
    ['adds to an empty object', ' { } ', { model: 'b' }, '{"model":"b"}'],
    ['removes a member', '{"a":1,"b":2,"c":3}', { b: undefined }, '{"a":1,"c":3}'],
    ['removes the only member', '{"a":[1,{"a":2}]}', { a: undefined }, '{}'],
    [
      'keeps the spelling of what it does not touch',
      '{ "a" : 1.50e3 , "b":"\\u00e9" }',
      { c: null },
      '{"a" : 1.50e3 , "b":"\\u00e9","c":null}',
    ],
    [
      'touches only the top level',
      '{"a":{"model":"x"},"model":"y"}',
      { model: 'z' },
      '{"a":{"model":"x"},"model":"z"}',
    ],
    ['reads escaped keys', '{"\\u006dodel":"x","b":1}', { model: 'z' }, '{"b":1,"model":"z"}'],
    [
      'is not misled by braces and quotes in strings',
      '{"a":"}\\"{,\\\\","model":1}',
      { model: 2 },
      '{"a":"}\\"{,\\\\","model":2}',
    ],
    [
      'removes every occurrence of a repeated key',
      '{"a":1,"b":2,"a":3}',
      { a: 4 },
      '{"b":2,"a":4}',
    ],
  ]
  for (const [name, text, edits, expected] of table) {
    test(name, () => {
      expect(splice(text, edits)).toBe(expected)
    })
  }

  test('without edits gives the very same bytes', () => {
    const bytes = Buffer.from('{"a":1}')
    expect(spliceJson(bytes, new Map())).toBe(bytes)
  })

  test('any object, any edits: the same as editing the parsed value', () => {
    // Not a lone backslash: once it has parsed one, JSON.parse of Node 24.21 reads the key `"` as one, too.
    const key = fc
      .oneof(fc.constantFrom('model', 'a', 'b', '"a', 'b\\', 'é'), fc.string())
      .filter((text) => text !== '\\')
    const object = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }))
    const edits = fc.dictionary(key, fc.option(fc.jsonValue({ maxDepth: 2 }), { nil: undefined }))
    fc.assert(
      fc.property(object, edits, fc.constantFrom(undefined, 1, '\t'), (value, changes, indent) => {
        const text = JSON.stringify(value, null, indent)
        const expected = JSON.parse(JSON.stringify({ ...value, ...changes })) as JsonObject
        expect(JSON.parse(splice(text, changes as Record<string, JsonValue>))).toEqual(expected)
      }),
    )
  })
})
