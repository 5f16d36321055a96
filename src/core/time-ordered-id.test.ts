import { expect, test } from 'vitest'
import { timeOrderedId } from './time-ordered-id.ts'

test('ids of later times come later, and none is like another', () => {
  const times = [0, 1, 999, 1_790_000_000_000, 1_790_000_000_001, 2 ** 48 - 1]
  const ids = times.map(timeOrderedId)
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set([...ids, timeOrderedId(0)]).size).toBe(ids.length + 1)
})

test('the form is RFC 9562’s', () => {
  for (const time of [-1, 0, 12.7, 1_790_000_000_000]) {
    expect(timeOrderedId(time)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  }
  expect(timeOrderedId(0x0123456789ab)).toMatch(/^01234567-89ab-7/)
})
