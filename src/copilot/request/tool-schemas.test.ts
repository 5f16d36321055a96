import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { repairSchema } from './tool-schemas.ts'

test('patterns that are no plain regular expressions go, properties of that name stay', () => {
  const schema: JsonObject = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      pattern: { type: 'string', pattern: '^[\\p{L}]+$' },
      plain: { type: 'string', pattern: '^(?:a|b)[0-9]{2}$' },
      list: { type: 'array', items: { pattern: '(?<!x)y' } },
      either: { anyOf: [{ pattern: '(?=x)' }, { pattern: 'ok' }] },
      data: { enum: [{ pattern: '\\p{L}' }], default: { pattern: '\\p{L}' } },
      broken: { pattern: '[a' },
      named: { pattern: '(?<year>\\d{4})' },
    },
    patternProperties: { '^x': { type: 'string' }, '\\p{L}': { type: 'string' } },
    $defs: { one: { pattern: '(a)\\1' } },
  }
  const before = structuredClone(schema)
  expect(repairSchema(schema, false)).toEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      pattern: { type: 'string' },
      plain: { type: 'string', pattern: '^(?:a|b)[0-9]{2}$' },
      list: { type: 'array', items: {} },
      either: { anyOf: [{}, { pattern: 'ok' }] },
      data: { enum: [{ pattern: '\\p{L}' }], default: { pattern: '\\p{L}' } },
      broken: {},
      named: {},
    },
    patternProperties: { '^x': { type: 'string' } },
    $defs: { one: {} },
  })
  expect(schema).toEqual(before)
  expect(repairSchema({ $schema: 'x', properties: { $schema: { type: 'string' } } }, true)).toEqual(
    {
      properties: { $schema: { type: 'string' } },
    },
  )
})

test('any object: no crash, nothing changed in place, and the same object when nothing is wrong', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom('pattern', 'items', 'properties', 'anyOf', 'x'),
        fc.jsonValue(),
      ),
      (value) => {
        const schema = value as JsonObject
        const before = structuredClone(schema)
        const repaired = repairSchema(schema, true)
        expect(schema).toEqual(before)
        expect(repairSchema(repaired, true)).toBe(repaired)
      },
    ),
  )
})

test('a schema deeper than any reader goes is left alone below', () => {
  let schema: JsonObject = { pattern: '\\p{L}' }
  for (let depth = 0; depth < 10_000; depth++) schema = { items: schema }
  expect(() => repairSchema(schema, true)).not.toThrow()
})
