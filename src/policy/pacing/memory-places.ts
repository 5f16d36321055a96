import type { SeatId } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import { LEASE_MS, type PlaceBook } from './place-book.ts'

interface Row {
  /** Place id → when its lease ends. */
  readonly places: Map<string, number>
  nextAt: number
  wanted: boolean
}

/** The book of places in one process's memory: for the workers of one machine, whose first process keeps it. */
export function createMemoryPlaces(clock: Clock): PlaceBook {
  const rows = new Map<SeatId, Row>()
  const onFree: ((seat: SeatId) => void)[] = []
  const onWanted: ((seat: SeatId) => void)[] = []

  const rowOf = (seat: SeatId): Row => {
    let row = rows.get(seat)
    if (!row) {
      row = { places: new Map(), nextAt: 0, wanted: false }
      rows.set(seat, row)
    }
    return row
  }

  const forget = (seat: SeatId, row: Row, now: number): void => {
    for (const [id, until] of row.places) if (until <= now) row.places.delete(id)
    if (row.places.size === 0 && row.nextAt <= now && !row.wanted) rows.delete(seat)
  }

  return {
    take({ seat, placeId, parallel, gapMs }) {
      const now = clock.monotonic()
      for (const [name, row] of rows) forget(name, row, now)
      const row = rowOf(seat)
      if (gapMs > 0 && row.nextAt > now)
        return Promise.resolve({ granted: false, waitMs: row.nextAt - now })
      if (row.places.size >= parallel) {
        row.wanted = true
        for (const listener of onWanted) listener(seat)
        return Promise.resolve({ granted: false })
      }
      row.places.set(placeId, now + LEASE_MS)
      row.nextAt = now + gapMs
      return Promise.resolve({ granted: true })
    },
    give(seat, placeId) {
      const row = rows.get(seat)
      if (row?.places.delete(placeId) === true) {
        if (row.wanted) {
          row.wanted = false
          for (const listener of onFree) listener(seat)
        }
        forget(seat, row, clock.monotonic())
      }
      return Promise.resolve()
    },
    renew(held) {
      const until = clock.monotonic() + LEASE_MS
      for (const { seat, placeId } of held) rowOf(seat).places.set(placeId, until)
      return Promise.resolve()
    },
    onFree: (listener) => void onFree.push(listener),
    onWanted: (listener) => void onWanted.push(listener),
  }
}
