import { afterAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { createMemoryPlaces } from '../../policy/pacing/memory-places.ts'
import type { PlaceBook } from '../../policy/pacing/place-book.ts'
import { startRedis } from '../testing/redis-server.ts'
import { createRedisPlaces } from './redis-places.ts'
import { openRedis } from './redis.ts'

const server = await startRedis()
if (!server && process.env['CI'])
  throw new Error('Redis is not installed: apt-get install redis-server')
const redis = server && (await openRedis(server.url))
afterAll(async () => {
  await redis?.close()
  await server?.stop()
})

const books: { name: string; open: () => Promise<PlaceBook> }[] = [
  { name: 'memory', open: () => Promise.resolve(createMemoryPlaces(systemClock)) },
]
if (redis) {
  books.push({
    name: 'Redis',
    open: async () => {
      await redis.command(['FLUSHALL'])
      return createRedisPlaces(redis)
    },
  })
}

describe.each(books)('places of seats in $name', (kind) => {
  const place = (placeId: string, seat = 'own') => ({ seat, placeId, parallel: 2, gapMs: 0 })

  test('as many as the seat has, and again as many as were given back', async () => {
    const book = await kind.open()
    const taken = ['a', 'b', 'c', 'd'].map((id) => book.take(place(id)))
    const answers = await Promise.all(taken)
    expect(answers.filter(({ granted }) => granted)).toHaveLength(2)
    expect((await book.take(place('other', 'another seat'))).granted).toBe(true)
    await book.give('own', 'a')
    await book.give('own', 'never taken')
    expect((await book.take(place('e'))).granted).toBe(true)
    expect((await book.take(place('f'))).granted).toBe(false)
  })

  test('who asked in vain makes the others give back, and hears of it', async () => {
    const book = await kind.open()
    const heard: string[] = []
    let given: Promise<void> | undefined
    const all = new Promise<void>((resolve) => {
      book.onWanted((seat) => {
        heard.push(`wanted ${seat}`)
        // Once: the listener stays, and hears of the tests after this one.
        given ??= book.give(seat, 'a')
      })
      book.onFree((seat) => {
        heard.push(`free ${seat}`)
        resolve()
      })
    })
    await Promise.all([book.take(place('a')), book.take(place('b'))])
    await book.take(place('c'))
    await all
    await given
    expect(heard).toEqual(['wanted own', 'free own'])
    expect((await book.take(place('c'))).granted).toBe(true)
  })

  test('keeps the gap, and says how long it is', async () => {
    const book = await kind.open()
    const gap = { parallel: 9, gapMs: 60_000, seat: 'own' }
    expect(await book.take({ ...gap, placeId: 'a' })).toEqual({ granted: true })
    const second = await book.take({ ...gap, placeId: 'b' })
    expect(second).toEqual({ granted: false, waitMs: expect.any(Number) as number })
    if (!second.granted) expect(second.waitMs).toBeGreaterThan(50_000)
    expect(await book.take({ ...gap, placeId: 'c', seat: 'another' })).toEqual({ granted: true })
  })

  test('a renewal enters what the book has forgotten', async () => {
    const book = await kind.open()
    await book.renew([
      { seat: 'own', placeId: 'x' },
      { seat: 'own', placeId: 'y' },
    ])
    await book.renew([])
    expect((await book.take(place('a'))).granted).toBe(false)
    await book.give('own', 'x')
    expect((await book.take(place('a'))).granted).toBe(true)
  })
})

test.skipIf(!redis)('a lease that nobody renews ends in Redis by its own clock', async () => {
  if (!redis) return
  await redis.command(['FLUSHALL'])
  const book = await createRedisPlaces(redis)
  // As one that a dead replica took 31 seconds ago.
  const ended = String(Date.now() - 1000)
  await redis.command(['ZADD', '{jetway}:places:of:own', ended, 'of the dead'])
  const place = { seat: 'own', parallel: 1, gapMs: 0 }
  expect(await book.take({ ...place, placeId: 'heir' })).toEqual({ granted: true })
  expect(await book.take({ ...place, placeId: 'next' })).toEqual({ granted: false })
  const left = Number(await redis.command(['PTTL', '{jetway}:places:of:own']))
  expect(left).toBeGreaterThan(20_000)
  expect(left).toBeLessThanOrEqual(31_000)
})
