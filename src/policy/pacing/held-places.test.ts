import { expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createHeldPlaces } from './held-places.ts'
import { createMemoryPlaces } from './memory-places.ts'

const ceiling = { parallel: 2, gapMs: 0 }

test('places that were left while the book was away are free soon after it is back', async () => {
  const clock = createVirtualClock()
  const book = createMemoryPlaces(clock)
  let away = false
  const guarded =
    <Given extends unknown[], Answer>(ask: (...given: Given) => Promise<Answer>) =>
    (...given: Given): Promise<Answer> =>
      away ? Promise.reject(new Error('away')) : ask(...given)
  const places = createHeldPlaces({
    book: {
      ...book,
      take: guarded((request) => book.take(request)),
      give: guarded((seat, placeId) => book.give(seat, placeId)),
      renew: guarded((held) => book.renew(held)),
    },
    clock,
    replicas: () => 1,
  })
  const one = await places.take('seat', ceiling)
  const two = await places.take('seat', ceiling)
  if (typeof one !== 'function' || typeof two !== 'function') throw new Error('no places')
  away = true
  // Somebody asks and hears that it is away; then both calls end.
  const three = await places.take('seat', { parallel: 9, gapMs: 0 })
  if (typeof three === 'function') three()
  one()
  two()
  await clock.advance(1_000)
  away = false
  // Longer than every retry, and shorter than a lease.
  await clock.advance(5_000)
  expect(typeof (await places.take('seat', ceiling))).toBe('function')
})
