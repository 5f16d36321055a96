/** A connection of one person, or of an organisation, to GitHub. */
export interface Seat {
  readonly id: string
  /** Whose it is; absent for the gateway's own service credential. */
  readonly userId?: string | undefined
  readonly kind: 'person' | 'service'
  /** `github.com`, or a tenant or server of one's own. */
  readonly host: string
  readonly githubLogin?: string | undefined
  readonly plan?: string | undefined
  readonly state: SeatState
  /** What GitHub said when it is not connected. */
  readonly detail?: string | undefined
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly version: number
}

/** `no-seat`: signed in, but GitHub names no Copilot entitlement. `revoked`: GitHub takes the token no more. */
export type SeatState = 'connected' | 'no-seat' | 'revoked'

export interface SeatStore {
  /** Puts a seat in place of the person's earlier one. */
  save(
    seat: Seat,
    sealed: { readonly keyId: string; readonly box: string } | undefined,
  ): Promise<void>
  find(id: string): Promise<StoredSeat | undefined>
  findByUser(userId: string): Promise<StoredSeat | undefined>
  list(): Promise<readonly Seat[]>
  setState(id: string, state: SeatState, detail: string | undefined, nowMs: number): Promise<void>
  delete(id: string): Promise<boolean>
  /** Puts the same token, sealed anew, in place of one sealed with `before`; nothing where it is no more. */
  reseal(
    id: string,
    before: string,
    sealed: { readonly keyId: string; readonly box: string },
  ): Promise<void>
  /** Ids of seats whose token was sealed with another key than this. */
  sealedOtherwise(keyId: string): Promise<readonly string[]>
}

export interface StoredSeat {
  readonly seat: Seat
  readonly sealed: { readonly keyId: string; readonly box: string } | undefined
}
