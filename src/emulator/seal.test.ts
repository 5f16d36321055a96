import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSealer, hexStream, uuidFromHex } from './seal.ts'

test('what was sealed opens again, for its own kind and maker alone', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(600), (payload, padTo) => {
      const sealer = createSealer('a')
      const blob = sealer.seal('item', payload, padTo)
      expect(blob.length).toBeGreaterThanOrEqual(padTo)
      expect(sealer.open('item', blob)).toBe(payload)
      expect(sealer.open('other', blob)).toBe(undefined)
      expect(createSealer('b').open('item', blob)).toBe(undefined)
    }),
  )
})

test('one changed character, and it does not open', () => {
  const sealer = createSealer('a')
  const blob = sealer.seal('item', 'hello', 80)
  for (let at = 0; at < blob.length; at++) {
    const other = blob[at] === 'A' ? 'B' : 'A'
    expect(sealer.open('item', blob.slice(0, at) + other + blob.slice(at + 1))).toBe(undefined)
    expect(sealer.open('item', blob.slice(0, at))).toBe(undefined)
  }
})

test('names repeat after a reset', () => {
  const sealer = createSealer('a')
  const first = [sealer.nextHex(8), sealer.nextHex(8)]
  sealer.reset()
  expect([sealer.nextHex(8), sealer.nextHex(8)]).toEqual(first)
  expect(first[0]).not.toBe(first[1])
  expect(hexStream('x', 130)).toMatch(/^[0-9a-f]{130}$/)
  expect(uuidFromHex(hexStream('x', 32))).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
  )
})
