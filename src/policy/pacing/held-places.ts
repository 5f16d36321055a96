import { randomUUID } from 'node:crypto'
import type { SeatId } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import { LEASE_MS, type HeldPlace, type PlaceBook } from './place-book.ts'

/** The places that this process holds in a book that it shares with others. */
export interface HeldPlaces {
  /** At once where a place is at hand that an earlier call has left. */
  take(seat: SeatId, ceiling: Ceiling): GiveBack | Promise<GiveBack | NoPlace>
  /** A place may be free now. */
  onFree(listener: (seat: SeatId) => void): void
  /** Gives everything back. */
  close(): Promise<void>
}

export interface Ceiling {
  readonly parallel: number
  readonly gapMs: number
}

export type GiveBack = () => void

/** Worth asking again after so long at the latest. */
export interface NoPlace {
  readonly waitMs: number
}

/** A third of the lease: two renewals may be lost. */
const RENEW_MS = 10_000
const RETRY_MS = 1_000
/**
 * A place that a call has left stays at hand for the next one for so long, unless somebody else wants it: a seat in steady
 * use then costs no round trip for its calls.
 */
const AT_HAND_MS = 250
/** Who asked in vain asks again by itself after this long; messages make it sooner. */
export const ASK_AGAIN_MS = 250
/** After somebody asked in vain, places go back at once for so long. */
const WANTED_MS = 1_000

interface Lane {
  running: number
  readonly atHand: { readonly placeId: string; readonly sinceMs: number }[]
  wantedUntil: number
}

/**
 * While the book cannot be reached each process counts alone, at its share of the ceiling. What it holds is entered again when
 * the book is back, which may have come back empty; until all have done so, share and book must both agree.
 */
export function createHeldPlaces(options: {
  readonly book: PlaceBook
  readonly clock: Clock
  readonly replicas: () => number
}): HeldPlaces {
  const { book, clock, replicas } = options
  const lanes = new Map<SeatId, Lane>()
  const held = new Map<string, SeatId>()
  /** Given up while the book was away: it has them until it hears of it, or their lease ends. */
  const owed = new Map<string, { readonly seat: SeatId; readonly until: number }>()
  let away = false
  let askAgainAt = 0
  let cautiousUntil = 0
  let cancelRenewal: (() => void) | undefined
  let cancelSweep: (() => void) | undefined

  const laneOf = (seat: SeatId): Lane => {
    let lane = lanes.get(seat)
    if (!lane) {
      lane = { running: 0, atHand: [], wantedUntil: 0 }
      lanes.set(seat, lane)
    }
    return lane
  }

  const forgetLane = (seat: SeatId, lane: Lane): void => {
    if (lane.running === 0 && lane.atHand.length === 0) lanes.delete(seat)
  }

  const owe = (seat: SeatId, placeId: string): void => {
    const now = clock.monotonic()
    for (const [id, { until }] of owed) {
      if (until > now) break
      owed.delete(id)
    }
    owed.set(placeId, { seat, until: now + LEASE_MS })
  }

  const renew = async (): Promise<void> => {
    const all: HeldPlace[] = [...held].map(([placeId, seat]) => ({ seat, placeId }))
    await book.renew(all)
    for (const [placeId, { seat }] of owed) {
      owed.delete(placeId)
      book.give(seat, placeId).catch(() => undefined)
    }
    if (away) cautiousUntil = clock.monotonic() + RENEW_MS
    away = false
  }

  const renewLater = (): void => {
    if (held.size + owed.size === 0) return
    cancelRenewal ??= clock.setTimer(away ? RETRY_MS : RENEW_MS, () => {
      cancelRenewal = undefined
      renew().then(renewLater, wentAway)
    })
  }

  const wentAway = (): void => {
    away = true
    askAgainAt = clock.monotonic() + RETRY_MS
    // Alone there is a share, and what is not in use is not part of it.
    for (const [seat, lane] of lanes) {
      for (const { placeId } of lane.atHand.splice(0)) {
        held.delete(placeId)
        owe(seat, placeId)
      }
      forgetLane(seat, lane)
    }
    // What runs is entered again soon after the book is back, not when a renewal would be due.
    cancelRenewal?.()
    cancelRenewal = undefined
    renewLater()
  }

  const hold = (seat: SeatId, placeId: string): void => {
    held.set(placeId, seat)
    renewLater()
  }

  const letGo = (seat: SeatId, placeId: string): void => {
    held.delete(placeId)
    book.give(seat, placeId).catch(() => {
      owe(seat, placeId)
      renewLater()
    })
  }

  const sweep = (): void => {
    cancelSweep = undefined
    const before = clock.monotonic() - AT_HAND_MS
    let left = false
    for (const [seat, lane] of lanes) {
      // The oldest is first: the newest is what the next call takes.
      while (lane.atHand[0] !== undefined && lane.atHand[0].sinceMs <= before) {
        const place = lane.atHand.shift()
        if (place) letGo(seat, place.placeId)
      }
      if (lane.atHand.length > 0) left = true
      forgetLane(seat, lane)
    }
    if (left) cancelSweep = clock.setTimer(AT_HAND_MS, sweep)
  }

  const use = (seat: SeatId, lane: Lane, placeId: string, gapMs: number): GiveBack => {
    lane.running++
    let over = false
    return () => {
      if (over) return
      over = true
      lane.running--
      const now = clock.monotonic()
      if (gapMs > 0 || away || lane.wantedUntil > now) {
        letGo(seat, placeId)
        forgetLane(seat, lane)
        return
      }
      lane.atHand.push({ placeId, sinceMs: now })
      cancelSweep ??= clock.setTimer(AT_HAND_MS, sweep)
    }
  }

  const shareOf = (parallel: number): number =>
    Math.max(1, Math.floor(parallel / Math.max(1, replicas())))

  const takeAlone = (seat: SeatId, { parallel, gapMs }: Ceiling): GiveBack | NoPlace => {
    const lane = laneOf(seat)
    if (lane.running >= shareOf(parallel)) return { waitMs: ASK_AGAIN_MS }
    const placeId = randomUUID()
    hold(seat, placeId)
    return use(seat, lane, placeId, gapMs)
  }

  const ask = async (seat: SeatId, ceiling: Ceiling): Promise<GiveBack | NoPlace> => {
    if (away && clock.monotonic() < askAgainAt) return takeAlone(seat, ceiling)
    const placeId = randomUUID()
    try {
      if (away) {
        askAgainAt = clock.monotonic() + RETRY_MS
        await renew()
      }
      const answer = await book.take({ seat, placeId, ...ceiling })
      if (!answer.granted) return { waitMs: Math.min(answer.waitMs ?? ASK_AGAIN_MS, ASK_AGAIN_MS) }
    } catch {
      // It may have been given, and the answer lost.
      owe(seat, placeId)
      wentAway()
      return takeAlone(seat, ceiling)
    }
    const lane = laneOf(seat)
    if (clock.monotonic() < cautiousUntil && lane.running >= shareOf(ceiling.parallel)) {
      letGo(seat, placeId)
      return { waitMs: ASK_AGAIN_MS }
    }
    hold(seat, placeId)
    return use(seat, lane, placeId, ceiling.gapMs)
  }

  book.onWanted((seat) => {
    const lane = lanes.get(seat)
    if (!lane) return
    lane.wantedUntil = clock.monotonic() + WANTED_MS
    for (const { placeId } of lane.atHand.splice(0)) letGo(seat, placeId)
    forgetLane(seat, lane)
  })

  return {
    take(seat, ceiling) {
      const lane = lanes.get(seat)
      const ready = ceiling.gapMs === 0 ? lane?.atHand.pop() : undefined
      if (lane && ready) return use(seat, lane, ready.placeId, 0)
      return ask(seat, ceiling)
    },
    onFree: (listener) => {
      book.onFree(listener)
    },
    async close() {
      cancelRenewal?.()
      cancelSweep?.()
      const all = [...held]
      held.clear()
      await Promise.allSettled(all.map(([placeId, seat]) => book.give(seat, placeId)))
    },
  }
}
