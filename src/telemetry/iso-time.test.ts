import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createIsoTime } from './iso-time.ts'

test('says what toISOString says, whatever was said before', () => {
  const times = fc.array(fc.integer({ min: 0, max: 4_102_444_800_000 }), { minLength: 1 })
  fc.assert(
    fc.property(times, fc.array(fc.integer({ min: 0, max: 2500 })), (starts, steps) => {
      const isoTime = createIsoTime()
      for (const start of starts) {
        for (const step of [0, ...steps]) {
          const at = start + step
          expect(isoTime(at)).toBe(new Date(at).toISOString())
        }
      }
    }),
  )
})
