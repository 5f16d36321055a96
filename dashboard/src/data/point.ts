export interface Point {
  /** Seconds since 1970. */
  readonly at: number
  readonly value: number | null
}
