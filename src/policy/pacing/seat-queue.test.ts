import { describe, expect, test } from 'vitest'
import type { LimitSettings } from '../../core/settings.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createSeatQueue, type Release } from './seat-queue.ts'

const never = new AbortController().signal

function house(changes: Partial<LimitSettings> = {}) {
  const clock = createVirtualClock()
  const settings = {
    maxParallelPerSeat: 2,
    maxQueuedPerSeat: 2,
    queueTimeoutMs: 1000,
    minGapMs: 0,
    ...changes,
  }
  const queue = createSeatQueue(() => settings, clock)
  const order: string[] = []
  const enter = async (name: string, seat = 'own', signal = never): Promise<Release> => {
    const release = await queue.enter(seat, signal)
    order.push(`${name}@${clock.monotonic()}`)
    return release
  }
  return { clock, queue, order, enter, settings }
}

describe('the queue of a seat', () => {
  test('lets so many run at once and the others wait their turn', async () => {
    const { clock, queue, order, enter } = house()
    const [first, second] = await Promise.all([enter('a'), enter('b')])
    const third = enter('c')
    const fourth = enter('d')
    await clock.advance(100)
    expect(order).toEqual(['a@0', 'b@0'])
    expect(queue.load('own')).toEqual({ running: 2, waiting: 2 })
    second()
    second()
    expect((await third).queuedMs).toBe(100)
    first()
    await fourth
    expect(order).toEqual(['a@0', 'b@0', 'c@100', 'd@100'])
    expect(clock.pending).toBe(0)
  })

  test('refuses who comes when the line is full, and who waited too long', async () => {
    const { clock, queue, enter } = house({ maxParallelPerSeat: 1 })
    await enter('a')
    const waiting = [enter('b'), enter('c')].map((turn) => turn.catch((error: unknown) => error))
    await expect(enter('d')).rejects.toMatchObject({ status: 429, code: 'seat_queue_full' })
    await clock.advance(1000)
    for (const turn of waiting)
      await expect(turn).resolves.toMatchObject({ code: 'seat_queue_timeout' })
    expect(queue.load('own')).toEqual({ running: 1, waiting: 0 })
    expect(clock.pending).toBe(0)
  })

  test('a client that goes leaves the line', async () => {
    const { clock, queue, enter } = house({ maxParallelPerSeat: 1 })
    const release = await enter('a')
    const controller = new AbortController()
    const gone = new Error('client gone')
    const turn = enter('b', 'own', controller.signal)
    controller.abort(gone)
    await expect(turn).rejects.toBe(gone)
    await expect(enter('c', 'own', controller.signal)).rejects.toBe(gone)
    release()
    expect(queue.load('own')).toEqual({ running: 0, waiting: 0 })
    expect(clock.pending).toBe(0)
  })

  test('seats do not wait for each other', async () => {
    const { enter, order } = house({ maxParallelPerSeat: 1 })
    await Promise.all([enter('a', 'one'), enter('b', 'two')])
    expect(order).toEqual(['a@0', 'b@0'])
  })

  test('keeps calls apart by the gap', async () => {
    const { clock, order, enter } = house({
      minGapMs: 50,
      maxParallelPerSeat: 9,
      maxQueuedPerSeat: 9,
    })
    const turns = ['a', 'b', 'c'].map((name) => enter(name))
    await clock.advance(200)
    await Promise.all(turns)
    expect(order).toEqual(['a@0', 'b@50', 'c@100'])
  })

  test('a higher ceiling counts for those who wait', async () => {
    const { settings, enter, order } = house({ maxParallelPerSeat: 1 })
    await enter('a')
    const waiting = enter('b')
    settings.maxParallelPerSeat = 3
    await enter('c')
    await waiting
    expect(order).toEqual(['a@0', 'b@0', 'c@0'])
  })
})
