import type { SeatId } from '../../core/call.ts'

/** `repeats`: one request over and over. `spend`: far more than usual. `ceiling`: more than any person spends. `abuse`: GitHub warns. */
export type StopReason = 'repeats' | 'spend' | 'ceiling' | 'abuse'
export const STOP_REASONS: readonly StopReason[] = ['repeats', 'spend', 'ceiling', 'abuse']

/** Calls of a key, or on a whole seat, are refused until a person lifts this. */
export interface Stop {
  /** `seat:own`, `key:K1`. */
  readonly scope: string
  readonly seat: SeatId
  readonly reason: StopReason
  /** What was seen, for people: numbers, never a prompt. */
  readonly detail: string
  readonly atMs: number
}

export interface StopStore {
  list(): Promise<readonly Stop[]>
  /** The first stop of a scope stays: it says when it began. */
  put(stop: Stop): Promise<void>
  /** Whether there was one. */
  delete(scope: string): Promise<boolean>
}

export function seatScope(seat: SeatId): string {
  return `seat:${seat}`
}

export function keyScope(keyId: string): string {
  return `key:${keyId}`
}
