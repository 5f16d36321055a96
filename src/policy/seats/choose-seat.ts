import { OWN_SEAT, type SeatId } from '../../core/call.ts'
import type { Grant } from '../keys/key.ts'

/** The gateway's own credential: an organisation's, not a person's. */
export const SERVICE_SEAT: SeatId = 'service'
/** Pays for nothing: its calls are told how to connect. */
export const NO_SEAT: SeatId = 'none'
const UNCONNECTED = 'user:'

/**
 * Who pays for those who have no seat of their own.
 *
 * `own`: the sign-in of whoever runs the gateway, for keys without a user only, since it is one person's.
 * `service`: the organisation's credential, for every key whose user has connected none.
 * `none`: nobody.
 */
export type SharedSeat = 'own' | 'service' | 'none'

/** A person's keys use that person's seat and no other, also when GitHub has revoked it: then they are told so. */
export function seatOfGrant({ key, seat }: Grant, shared: SharedSeat): SeatId {
  if (seat) return seat.id
  if (shared === 'service') return SERVICE_SEAT
  if (key.userId !== undefined) return `${UNCONNECTED}${key.userId}`
  return shared === 'own' ? OWN_SEAT : NO_SEAT
}

/** Whether a call with this key finds a seat that can pay, as far as is known here. */
export function findsSeat(grant: Grant, shared: SharedSeat): boolean {
  if (grant.seat) return grant.seat.state === 'connected'
  return userOfUnconnected(seatOfGrant(grant, shared)) === undefined
}

/** The master key, and an open gateway's owner. */
export function seatOfOwner(shared: SharedSeat): SeatId {
  return shared === 'service' ? SERVICE_SEAT : OWN_SEAT
}

/** The user who has yet to connect one, of a seat that is none. */
export function userOfUnconnected(seat: SeatId): string | undefined {
  return seat.startsWith(UNCONNECTED) ? seat.slice(UNCONNECTED.length) : undefined
}
