import type { SeatId } from '../../core/call.ts'

/**
 * Who holds the places of each seat, over whatever shares the book: the workers of one machine, or all replicas. A place is
 * held on a lease: one whose holder does not renew it, because it died, is free again after `LEASE_MS`.
 */
export interface PlaceBook {
  take(request: PlaceRequest): Promise<PlaceAnswer>
  give(seat: SeatId, placeId: string): Promise<void>
  /** Also enters places that the book does not know, as after a restart of the server that keeps it. */
  renew(held: readonly HeldPlace[]): Promise<void>
  /** A place was given back while somebody had asked in vain. */
  onFree(listener: (seat: SeatId) => void): void
  /** Somebody asked in vain: who keeps places that are not in use gives them back. */
  onWanted(listener: (seat: SeatId) => void): void
}

export interface PlaceRequest extends HeldPlace {
  /** Places of the seat. */
  readonly parallel: number
  /** Smallest time between two places taken. */
  readonly gapMs: number
}

export interface HeldPlace {
  readonly seat: SeatId
  /** Unique over all processes. */
  readonly placeId: string
}

/** `waitMs`: until the gap is over; absent when nobody knows. */
export type PlaceAnswer =
  | { readonly granted: true }
  | { readonly granted: false; readonly waitMs?: number | undefined }

export const LEASE_MS = 30_000
