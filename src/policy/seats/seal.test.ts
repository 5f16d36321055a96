import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSeal, createSealKey, SealError } from './seal.ts'

const [first, second] = [createSealKey(), createSealKey()]

describe('a seal', () => {
  test('opens what it sealed, for the same seat', () => {
    const seal = createSeal(first)
    fc.assert(
      fc.property(fc.string(), fc.string(), (secret, seat) => {
        const sealed = seal.seal(secret, seat)
        expect(seal.open(sealed, seat)).toBe(secret)
        expect(() => seal.open(sealed, `${seat}x`)).toThrow(SealError)
      }),
    )
  })

  test('never seals the same twice, and shows nothing of the secret', () => {
    const seal = createSeal(first)
    const [a, b] = [seal.seal('ghu_secret', 's'), seal.seal('ghu_secret', 's')]
    expect(a.box).not.toBe(b.box)
    expect(Buffer.from(a.box, 'base64').toString('latin1')).not.toContain('ghu_')
  })

  test('notices every changed byte', () => {
    const seal = createSeal(first)
    const sealed = seal.seal('ghu_secret', 's')
    const bytes = Buffer.from(sealed.box, 'base64')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => seal.open({ ...sealed, box: changed.toString('base64') }, 's')).toThrow(
        SealError,
      )
    }
    expect(() => seal.open({ ...sealed, box: 'AAAA' }, 's')).toThrow('damaged')
  })

  test('a new key in front seals; the old one still opens until it is dropped', () => {
    const old = createSeal(first).seal('ghu_secret', 's')
    const both = createSeal(`${second},${first}`)
    expect(both.open(old, 's')).toBe('ghu_secret')
    const fresh = both.seal('ghu_secret', 's')
    expect(fresh.keyId).toBe(createSeal(second).currentKey)
    expect(() => createSeal(second).open(old, 's')).toThrow(
      `the key ${old.keyId}, which is not among those given`,
    )
  })

  test.each(['', 'short', `${first}x,`])(
    '%j is no key, and the message says how to make one',
    (text) => {
      expect(() => createSeal(text)).toThrow('openssl rand')
    },
  )
})
