import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { conversationOf } from './__fixtures__/conversation.ts'
import { healToolSchemas } from './index.ts'
import { fitsStrictMode } from './strict-schema.ts'

describe('tool schemas', () => {
  const heal = (parameters: JsonObject): JsonObject | undefined => {
    const [tool] = healToolSchemas(
      conversationOf([], [{ kind: 'function', name: 'f', parameters }]),
    ).conversation.tools
    return tool?.kind === 'function' ? tool.parameters : undefined
  }

  test.each<[string, JsonObject, JsonObject]>([
    [
      'a pattern that is not plain, at any depth',
      {
        type: 'object',
        $schema: 'x',
        properties: {
          a: { type: 'string', pattern: '^\\p{Cc}' },
          b: { type: 'array', items: { anyOf: [{ pattern: '(?<=a)b' }, { pattern: '^a+$' }] } },
        },
        $defs: { c: { pattern: '[' } },
      },
      {
        type: 'object',
        properties: {
          a: { type: 'string' },
          b: { type: 'array', items: { anyOf: [{}, { pattern: '^a+$' }] } },
        },
        $defs: { c: {} },
      },
    ],
    [
      'a property that is called pattern',
      { type: 'object', properties: { pattern: { type: 'string', pattern: '\\P{L}' } } },
      { type: 'object', properties: { pattern: { type: 'string' } } },
    ],
    [
      'keys that are patterns',
      { type: 'object', patternProperties: { '\\p{L}': {}, '^x': { type: 'string' } } },
      { type: 'object', patternProperties: { '^x': { type: 'string' } } },
    ],
    [
      'alternatives at the top',
      {
        anyOf: [
          { type: 'object', properties: { a: {}, b: {} }, required: ['a', 'b'] },
          { type: 'object', properties: { a: {}, c: {} }, required: ['a'] },
        ],
      },
      { type: 'object', properties: { a: {}, b: {}, c: {} }, required: ['a'] },
    ],
    [
      'parts at the top',
      {
        allOf: [
          { properties: { a: {} }, required: ['a'] },
          { properties: { b: {} }, required: ['b'] },
        ],
      },
      { type: 'object', properties: { a: {}, b: {} }, required: ['a', 'b'] },
    ],
  ])('%s', (_, before, after) => {
    expect(heal(before)).toEqual(after)
  })

  test('what is fine stays the very same; any JSON is survived', () => {
    const fine = { type: 'object', properties: { a: { type: 'string', pattern: '^a(?:b|c)$' } } }
    expect(heal(fine)).toBe(fine)
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'properties',
            'items',
            'anyOf',
            'pattern',
            'required',
            '$defs',
            '__proto__',
          ),
          fc.jsonValue(),
        ),
        (schema) => {
          expect(typeof heal(schema)).toBe('object')
        },
      ),
    )
  })

  test('strict mode takes only closed schemas', () => {
    const closed = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    }
    expect(fitsStrictMode(closed)).toBe(true)
    expect(fitsStrictMode({ ...closed, required: [] })).toBe(false)
    expect(fitsStrictMode({ ...closed, properties: { a: { type: 'object' } } })).toBe(false)
    expect(fitsStrictMode({ type: 'array', items: { anyOf: [closed] } })).toBe(true)
  })
})
