import { describe, expect, test } from 'vitest'
import { isPeriod, parseDuration, periodAt } from './period.ts'

const iso = (text: string): number => Date.parse(text)

describe('periods', () => {
  test.each([
    ['1d', '2026-11-21T13:45:00Z', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z'],
    ['7d', '2026-11-21T13:45:00Z', '2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z'],
    ['1w', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'],
    ['1mo', '2026-11-30T23:59:59.999Z', '2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'],
    ['1mo', '2026-12-01T00:00:00Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['1mo', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['3mo', '2026-11-21T00:00:00Z', '2026-10-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['12h', '2026-11-21T13:45:00Z', '2026-11-21T12:00:00Z', '2026-11-22T00:00:00Z'],
    ['5m', '2026-11-21T13:47:10Z', '2026-11-21T13:45:00Z', '2026-11-21T13:50:00Z'],
  ])('%s at %s is from %s to %s', (period, now, start, end) => {
    expect(periodAt(period, iso(now))).toEqual({ startMs: iso(start), endMs: iso(end) })
  })

  test('without a period the budget never returns', () => {
    expect(periodAt(undefined, iso('2026-11-21T00:00:00Z'))).toEqual({
      startMs: 0,
      endMs: undefined,
    })
  })

  test.each(['', '1', 'd', '0d', '-1d', '1.5h', '1y', '0mo', 'mo', '99999999999999999w'])(
    '%j is no period',
    (text) => {
      expect(isPeriod(text)).toBe(false)
    },
  )

  test.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['1mo', undefined],
  ])('the duration %s is %s ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected)
  })
})
