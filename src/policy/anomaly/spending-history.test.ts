import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSpendingHistory } from './spending-history.ts'

const MINUTE_MS = 60_000

describe('what a seat or key spends', () => {
  test('its sums are those of the last ten and sixty minutes, whatever comes when', () => {
    const spending = fc.record({
      afterMs: fc.oneof(
        fc.integer({ min: 0, max: MINUTE_MS }),
        fc.integer({ min: 0, max: 100 * MINUTE_MS }),
      ),
      nanoCredits: fc.integer({ min: 0, max: 1_000_000 }),
    })
    fc.assert(
      fc.property(fc.array(spending, { maxLength: 60 }), (all) => {
        const history = createSpendingHistory()
        const seen: { readonly minute: number; readonly nanoCredits: number }[] = []
        let nowMs = 0
        for (const { afterMs, nanoCredits } of all) {
          nowMs += afterMs
          history.add(nanoCredits, nowMs)
          const minute = Math.floor(nowMs / MINUTE_MS)
          seen.push({ minute, nanoCredits })
          const since = (minutes: number): number =>
            seen
              .filter((one) => one.minute > minute - minutes)
              .reduce((sum, one) => sum + one.nanoCredits, 0)
          expect([history.lately(nowMs), history.lastHour(nowMs)]).toEqual([since(10), since(60)])
        }
      }),
    )
  })

  test('what is usual is learnt from hours with work, and unknown before there were enough', () => {
    const history = createSpendingHistory()
    const hourMs = 60 * MINUTE_MS
    for (const [hour, nanoCredits] of [600, 0, 600, 1200].entries()) {
      history.add(nanoCredits, hour * hourMs)
    }
    expect(history.usual(3)).toBeUndefined()
    history.add(0, 4 * hourMs)
    expect(history.usual(3)).toBe((600 + 600 * 0.2) / 6)
  })
})
