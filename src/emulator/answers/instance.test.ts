import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { instanceOf } from './instance.ts'

const CONTEXT = { title: 'A Title', sentence: 'A whole sentence.' }

const SCHEMAS: readonly [name: string, schema: object, expected: unknown][] = [
  [
    'an object',
    { type: 'object', properties: { name: { type: 'string' }, n: { type: 'integer' } } },
    { name: 'A Title', n: 1 },
  ],
  [
    'a wordy field',
    { type: 'object', properties: { summary: { type: 'string' } } },
    { summary: 'A whole sentence.' },
  ],
  ['an enum', { enum: ['b', 'a'] }, 'b'],
  ['a constant', { const: 42 }, 42],
  ['an array', { type: 'array', items: { type: 'boolean' }, minItems: 3 }, [true, true, true]],
  ['an empty array', { type: 'array', items: { type: 'boolean' }, maxItems: 0 }, []],
  ['a nullable string', { type: ['null', 'string'] }, 'A Title'],
  ['any of', { anyOf: [{ type: 'null' }, { type: 'integer', minimum: 7 }] }, 7],
  [
    'all of',
    {
      allOf: [
        { type: 'object', properties: { a: { const: 1 } } },
        { properties: { b: { const: 2 } } },
      ],
    },
    { a: 1, b: 2 },
  ],
  ['an exclusive minimum', { type: 'integer', exclusiveMinimum: 3 }, 4],
  ['a maximum below one', { type: 'integer', maximum: -3 }, -4],
  ['a multiple', { type: 'integer', minimum: 7, multipleOf: 5 }, 10],
  ['a date', { type: 'string', format: 'date' }, '2026-09-01'],
  ['a pattern', { type: 'string', pattern: '^[0-9]{3}$' }, '123'],
  ['a short string', { type: 'string', maxLength: 3 }, 'A T'],
  [
    'a required name without a schema',
    { type: 'object', properties: {}, required: ['x'] },
    { x: 'A Title' },
  ],
  [
    'references',
    {
      $defs: { step: { type: 'object', properties: { n: { type: 'integer' } } } },
      type: 'array',
      items: { $ref: '#/$defs/step' },
    },
    [{ n: 1 }],
  ],
  ['upper-case types', { type: 'OBJECT', properties: { ok: { type: 'BOOLEAN' } } }, { ok: true }],
]

for (const [name, schema, expected] of SCHEMAS) {
  test(`${name} gets a value that fits`, () => {
    expect(instanceOf(schema as JsonObject, CONTEXT)).toEqual(expected)
  })
}

test('a schema that holds itself ends', () => {
  const schema: JsonObject = {
    type: 'object',
    properties: { next: { $ref: '#' }, list: { type: 'array', items: { $ref: '#' } } },
    required: ['next'],
  }
  expect(JSON.stringify(instanceOf(schema, CONTEXT)).length).toBeLessThan(100_000)
})

test('a string of at least so many characters', () => {
  const value = instanceOf({ type: 'string', minLength: 50 }, CONTEXT)
  expect((value as string).length).toBeGreaterThanOrEqual(50)
})
