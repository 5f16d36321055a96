import type { JsonObject } from '../../core/json.ts'
import type { SeatState } from '../seats/seat.ts'

/** What a key, a user or a team may use up. Absent = no limit. */
export interface Limits {
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
  readonly parallel?: number | undefined
  readonly budget?: Budget | undefined
}

export interface Budget {
  readonly maxNanoCredits: number
  /** From here on answers carry a warning and the audit log a line; nothing is refused. */
  readonly softNanoCredits?: number | undefined
  /** `1d`, `7d`, `1mo` …; absent = the budget never returns. */
  readonly period?: string | undefined
}

/** A key that people and programs hold. The secret is shown once, when it is made; kept is only its hash. */
export interface VirtualKey {
  readonly id: string
  /** `sk-…3f9a` */
  readonly display: string
  readonly alias?: string | undefined
  readonly userId?: string | undefined
  readonly teamId?: string | undefined
  /** Names or patterns with `*`; empty = every model. */
  readonly models: readonly string[]
  /** Path prefixes such as `/v1/chat`; empty = all. */
  readonly routes: readonly string[]
  readonly limits: Limits
  readonly expiresAtMs?: number | undefined
  readonly blocked: boolean
  readonly metadata: JsonObject
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly version: number
}

/** A user or a team: what a key counts against beside itself. */
export interface Member {
  readonly id: string
  /** Only users have one. */
  readonly role?: User['role'] | undefined
  readonly models: readonly string[]
  readonly limits: Limits
  readonly blocked: boolean
}

export interface User extends Member {
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly role: 'administrator' | 'member'
  readonly metadata: JsonObject
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly version: number
}

export interface Team extends Member {
  readonly alias?: string | undefined
  readonly metadata: JsonObject
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly version: number
}

/** A user or team that a key names and that is there no more: the key is nobody's, and good for nothing. */
export interface DeletedOwner {
  readonly kind: 'user' | 'team'
  readonly id: string
}

/** Everything that decides about a call with this key, read together. */
export interface Grant {
  readonly key: VirtualKey
  readonly user?: Member | undefined
  readonly team?: Member | undefined
  readonly deletedOwner?: DeletedOwner | undefined
  /** The seat its person connected, whatever has become of it. */
  readonly seat?: { readonly id: string; readonly state: SeatState } | undefined
}
