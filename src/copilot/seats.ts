import type { SeatId } from '../core/call.ts'
import type { Seat } from './seat.ts'

/** The seats in use, found by who pays and with which key. Bounded: the one that was used least recently goes. */
export interface Seats {
  get(seat: SeatId, apiKey: string | undefined): Seat
  /** Every credential this seat is used with. */
  all(seat?: SeatId): readonly Seat[]
}

const MOST_SEATS = 5_000

export function createSeats(create: (seat: SeatId, apiKey: string | undefined) => Seat): Seats {
  const seats = new Map<string, Seat>()
  let latest: { readonly key: string; readonly seat: Seat } | undefined

  return {
    get(id, apiKey) {
      const key = apiKey === undefined ? id : `${id}\0${apiKey}`
      if (latest?.key === key) return latest.seat
      const seat = seats.get(key) ?? create(id, apiKey)
      // Taken out and put back, it is the youngest.
      seats.delete(key)
      seats.set(key, seat)
      latest = { key, seat }
      const oldest = seats.keys().next().value
      if (seats.size > MOST_SEATS && oldest !== undefined) {
        seats.get(oldest)?.keeper.forget()
        seats.delete(oldest)
      }
      return seat
    },
    all: (id) => [...seats.values()].filter((seat) => id === undefined || seat.id === id),
  }
}
