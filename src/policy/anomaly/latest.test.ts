import { describe, expect, test } from 'vitest'
import { createLatest } from './latest.ts'

describe('the latest values', () => {
  test('a value is made once, and the same one is answered', () => {
    let made = 0
    const latest = createLatest(4, () => ({ number: ++made }))
    const a = latest.of('a')
    expect(latest.of('b')).not.toBe(a)
    expect(latest.of('a')).toBe(a)
    latest.drop('a')
    expect(latest.of('a')).not.toBe(a)
  })

  test('one that is asked for stays, however many others come; those that nobody asks for go', () => {
    let made = 0
    const latest = createLatest(10, () => ({ number: ++made }))
    const kept = latest.of('kept')
    const left = latest.of('left')
    for (let at = 0; at < 100; at++) {
      latest.of(`other ${at}`)
      expect(latest.of('kept')).toBe(kept)
    }
    expect(made).toBe(102)
    expect(latest.of('left')).not.toBe(left)
  })

  test('as many as the limit says keep their values, in whatever order they are asked for', () => {
    let made = 0
    const latest = createLatest(6, () => ({ number: ++made }))
    for (let at = 0; at < 60; at++) latest.of(`name ${at % 6}`)
    expect(made).toBe(6)
    for (let at = 0; at < 6; at++) latest.of(`other ${at}`)
    for (let at = 0; at < 60; at++) latest.of(`other ${at % 6}`)
    expect(made).toBe(12)
  })

  test('one that was dropped does not come back from before', () => {
    const latest = createLatest(2, () => ({}))
    // With c, a and b are those from before: b is found there again, and a would be.
    const [a, b] = ['a', 'b', 'c'].map((name) => latest.of(name))
    latest.drop('a')
    expect(latest.of('b')).toBe(b)
    expect(latest.of('a')).not.toBe(a)
  })
})
