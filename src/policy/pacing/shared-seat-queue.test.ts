import { setMaxListeners } from 'node:events'
import { expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createHeldPlaces } from './held-places.ts'
import { createMemoryPlaces } from './memory-places.ts'
import type { PlaceBook } from './place-book.ts'
import { createSeatQueue, type Release, type SeatQueue } from './seat-queue.ts'
import { createSharedSeatQueue } from './shared-seat-queue.ts'

const never = new AbortController().signal
setMaxListeners(0, never)

/** Three processes that share one book, which may be away and come back empty. */
function house(changes: { maxParallelPerSeat?: number; minGapMs?: number } = {}) {
  const clock = createVirtualClock()
  const settings = {
    maxParallelPerSeat: 3,
    maxQueuedPerSeat: 100,
    queueTimeoutMs: 2_000,
    minGapMs: 0,
    ...changes,
  }
  const state = { away: false, asked: 0, book: createMemoryPlaces(clock) }
  const listeners: { free: ((seat: string) => void)[]; wanted: ((seat: string) => void)[] } = {
    free: [],
    wanted: [],
  }
  const connect = (book: PlaceBook): void => {
    book.onFree((seat) => {
      for (const listener of listeners.free) listener(seat)
    })
    book.onWanted((seat) => {
      for (const listener of listeners.wanted) listener(seat)
    })
  }
  connect(state.book)
  const reach = async <T>(ask: () => Promise<T>): Promise<T> => {
    state.asked++
    // A round trip takes its time.
    await new Promise<void>((resolve) => {
      queueMicrotask(resolve)
    })
    if (state.away) throw new Error('away')
    return ask()
  }
  const link: PlaceBook = {
    take: (request) => reach(() => state.book.take(request)),
    give: (seat, id) => reach(() => state.book.give(seat, id)),
    renew: (held) => reach(() => state.book.renew(held)),
    onFree: (listener) => void listeners.free.push(listener),
    onWanted: (listener) => void listeners.wanted.push(listener),
  }
  const processes = [0, 1, 2].map(() => {
    const places = createHeldPlaces({ book: link, clock, replicas: () => 3 })
    const local = createSeatQueue(() => settings, clock)
    return { places, queue: createSharedSeatQueue(local, places, () => settings, clock) }
  })
  const running = new Set<string>()
  let most = 0
  const order: string[] = []
  const enter = async (at: number, name: string, signal = never): Promise<Release> => {
    const { queue } = processes[at] as { queue: SeatQueue }
    const release = await queue.enter('seat', signal)
    running.add(name)
    order.push(name)
    most = Math.max(most, running.size)
    return Object.assign(
      () => {
        running.delete(name)
        release()
      },
      { queuedMs: release.queuedMs },
    )
  }
  const comeBackEmpty = (): void => {
    state.book = createMemoryPlaces(clock)
    connect(state.book)
    state.away = false
  }
  return {
    clock,
    settings,
    state,
    processes,
    enter,
    order,
    running,
    comeBackEmpty,
    get most() {
      return most
    },
  }
}

test('three processes together let no more calls run on a seat than one alone would', async () => {
  const here = house()
  const calls = Array.from({ length: 30 }, async (_, call) => {
    const release = await here.enter(call % 3, `call ${call}`)
    await new Promise<void>((resolve) => {
      here.clock.setTimer(20, resolve)
    })
    release()
  })
  for (let step = 0; step < 400; step++) await here.clock.advance(5)
  await Promise.all(calls)
  expect(here.order).toHaveLength(30)
  expect(here.most).toBe(3)
})

test('who waits gets the place that another process gives back, at once', async () => {
  const here = house({ maxParallelPerSeat: 1 })
  const release = await here.enter(0, 'a')
  const waiting = here.enter(1, 'b')
  await here.clock.advance(40)
  expect(here.order).toEqual(['a'])
  release()
  await here.clock.advance(0)
  expect((await waiting).queuedMs).toBe(40)
})

test('calls one after the other cost one question, and what is at hand goes back when another wants it', async () => {
  const here = house({ maxParallelPerSeat: 1 })
  for (let call = 0; call < 50; call++) (await here.enter(0, `call ${call}`))()
  expect(here.state.asked).toBe(1)
  const other = here.enter(1, 'other')
  await here.clock.advance(0)
  await other
  expect(here.order.at(-1)).toBe('other')
})

test('nothing stays at hand for long, and no timer stays when nothing runs', async () => {
  const here = house()
  ;(await here.enter(0, 'a'))()
  await here.clock.advance(600)
  const all = await Promise.all([here.enter(1, 'b'), here.enter(1, 'c'), here.enter(1, 'd')])
  expect(here.order).toEqual(['a', 'b', 'c', 'd'])
  for (const release of all) release()
  await here.clock.advance(40_000)
  expect(here.clock.pending).toBe(0)
})

test('the places of a process that dies are free when its leases end; those of a living one are not', async () => {
  const here = house({ maxParallelPerSeat: 2 })
  await here.state.book.take({ seat: 'seat', placeId: 'of the dead', parallel: 2, gapMs: 0 })
  const living = await here.enter(0, 'living')
  const refused = here.enter(1, 'too early').catch((error: unknown) => error)
  await here.clock.advance(2_000)
  expect(await refused).toMatchObject({ status: 429, code: 'seat_queue_timeout' })
  await here.clock.advance(29_000)
  await here.enter(1, 'heir')
  expect(here.order).toEqual(['living', 'heir'])
  const third = here.enter(2, 'third').catch((error: unknown) => error)
  await here.clock.advance(2_000)
  expect(await third).toMatchObject({ code: 'seat_queue_timeout' })
  living()
})

test('while the book is away each counts alone at its share, and what ran is counted when it is back, empty', async () => {
  const here = house({ maxParallelPerSeat: 6 })
  const before = await here.enter(0, 'before')
  here.state.away = true
  await here.enter(0, 'a share')
  const beyond = here.enter(0, 'beyond').catch((error: unknown) => error)
  await here.clock.advance(2_000)
  expect(await beyond).toMatchObject({ code: 'seat_queue_timeout' })
  here.comeBackEmpty()
  await here.clock.advance(1_000)
  // Two of six run in the first process; its share is two, and the book knows of both again.
  expect(here.running.size).toBe(2)
  const others = [1, 1, 2, 2].map((at, call) => here.enter(at, `other ${call}`))
  await here.clock.advance(100)
  await Promise.all(others)
  const seventh = here.enter(2, 'seventh').catch((error: unknown) => error)
  await here.clock.advance(2_000)
  expect(await seventh).toMatchObject({ code: 'seat_queue_timeout' })
  expect(here.most).toBe(6)
  before()
})

test('calls keep the gap over all processes', async () => {
  const here = house({ minGapMs: 50, maxParallelPerSeat: 9 })
  const starts: number[] = []
  const calls = [0, 1, 2, 0].map(async (at, call) => {
    await here.enter(at, `call ${call}`)
    starts.push(here.clock.monotonic())
  })
  for (let step = 0; step < 100; step++) await here.clock.advance(10)
  await Promise.all(calls)
  const gaps = starts.slice(1).map((start, at) => start - (starts[at] ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50)
})

test('a client that goes leaves the line, and leaves nothing behind', async () => {
  const here = house({ maxParallelPerSeat: 1 })
  const release = await here.enter(0, 'a')
  const controller = new AbortController()
  const gone = new Error('client gone')
  const waiting = here.enter(1, 'b', controller.signal).catch((error: unknown) => error)
  await here.clock.advance(10)
  controller.abort(gone)
  expect(await waiting).toBe(gone)
  release()
  await here.enter(2, 'c')
  expect(here.order).toEqual(['a', 'c'])
})
