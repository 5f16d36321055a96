/** A response that a client may go on from or ask for again, as a store keeps it. */
export interface StoredResponse {
  readonly id: string
  /** Who may read it. */
  readonly owner: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly expiresAt: number
  /** JSON: the whole input, and the answer. */
  readonly body: string
}

/** How much of one owner's is kept; above it the oldest go. */
export interface ResponseBounds {
  readonly maxCount: number
  readonly maxBytes: number
}

/** Keeps responses for their owners. An owner never sees, replaces or removes another's. */
export interface ResponseStore {
  /** Makes room by letting the owner's oldest go. */
  save(response: StoredResponse, bounds: ResponseBounds): Promise<void>
  /** `undefined`: there is none, it is another's, or its time is over. */
  find(id: string, owner: string, nowMs: number): Promise<StoredResponse | undefined>
  /** `false`: there was none. */
  remove(id: string, owner: string, nowMs: number): Promise<boolean>
}
