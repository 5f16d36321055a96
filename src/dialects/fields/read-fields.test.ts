import { describe, expect, test } from 'vitest'
import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import {
  optionalArray,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  requiredArray,
  requiredString,
  stringOrList,
} from './read-fields.ts'

const body: JsonObject = {
  text: '',
  zero: 0,
  half: 0.5,
  no: false,
  list: ['a', 'b'],
  mixed: ['a', 1],
  object: {},
  nothing: null,
}

test('0, empty and false are values; null is absent', () => {
  expect(optionalString(body, 'text')).toBe('')
  expect(optionalNumber(body, 'zero')).toBe(0)
  expect(optionalBoolean(body, 'no')).toBe(false)
  expect(optionalObject(body, 'object')).toEqual({})
  expect(optionalArray(body, 'list')).toEqual(['a', 'b'])
  expect(stringOrList(body, 'text')).toEqual([''])
  expect(stringOrList(body, 'list')).toEqual(['a', 'b'])
  for (const read of [
    optionalString,
    optionalNumber,
    optionalBoolean,
    optionalObject,
    stringOrList,
  ])
    expect(read(body, 'nothing')).toBeUndefined()
})

describe('what is wrong is named with what was expected', () => {
  const cases: readonly [string, () => unknown, string][] = [
    ['text', () => optionalNumber(body, 'text'), '`text` must be a number; got a string.'],
    ['half', () => optionalInteger(body, 'half'), '`half` must be a whole number; got a fraction.'],
    ['zero', () => optionalBoolean(body, 'zero'), '`zero` must be true or false; got a number.'],
    ['list', () => optionalObject(body, 'list'), '`list` must be an object; got a list.'],
    ['object', () => optionalArray(body, 'object'), '`object` must be a list; got an object.'],
    ['absent', () => requiredString(body, 'absent'), '`absent` must be a string; it is missing.'],
    ['nothing', () => requiredArray(body, 'nothing'), '`nothing` must be a list; it is missing.'],
    ['mixed[1]', () => stringOrList(body, 'mixed'), '`mixed[1]` must be a string; got a number.'],
    [
      'a.zero',
      () => optionalString(body, 'zero', 'a.'),
      '`a.zero` must be a string; got a number.',
    ],
  ]
  for (const [param, read, message] of cases) {
    test(message, () => {
      let thrown: unknown
      try {
        read()
      } catch (error) {
        thrown = error
      }
      expect(thrown).toBeInstanceOf(BadRequestError)
      expect(thrown).toMatchObject({ message, param, status: 400 })
    })
  }
})
