import { expect, test } from 'vitest'
import { createTimeOrderedIds } from './time-ordered-id.ts'

const newId = createTimeOrderedIds()

test('ids of later times come later, and none is like another', () => {
  const times = [0, 1, 999, 1_790_000_000_000, 1_790_000_000_001, 2 ** 48 - 1]
  const ids = times.map(newId)
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set([...ids, newId(0)]).size).toBe(ids.length + 1)
})

test('the form is RFC 9562’s', () => {
  for (const time of [-1, 0, 12.7, 1_790_000_000_000]) {
    expect(newId(time)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  }
  expect(newId(0x0123456789ab)).toMatch(/^01234567-89ab-7/)
})

test('no two of one moment are alike, however many there are', () => {
  const ids = Array.from({ length: 5_000 }, () => newId(1_790_000_000_000))
  expect(new Set(ids).size).toBe(ids.length)
  // Every place that is not fixed takes every digit.
  for (const place of [15, 17, 20, 21, 24, 35]) {
    expect(new Set(ids.map((id) => id[place])).size).toBe(16)
  }
})
