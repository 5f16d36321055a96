import type { Account, Granted, PostingEntry, Spending } from './budget-store.ts'

/** At most this part of what is left of a budget is held without a call that needs it. */
const LARGEST_HEADROOM = 1 / 16
/** How many calls like the one that asked are paid from one draw: the first, and the most when one follows upon the other. */
const CALLS_PER_DRAW = 32
const MOST_CALLS_PER_DRAW = 4096
/** Draws closer together than this grow, since each is a transaction; after a pause this long they begin small again. */
const SOON_MS = 1_000
const PAUSE_MS = 10_000
/** What nobody used for so long is given back. */
export const IDLE_MS = 1_000
/** For calls that cost nothing the store is asked every `IDLE_MS`: a budget it was not asked about for twice as long is not in use. */
const FORGOTTEN_MS = 2 * IDLE_MS

/**
 * What one process may spend of one budget without asking the store again. Money is drawn in portions, each call reserves its
 * estimate from them, and what it cost takes the reservation's place. In nano-credits.
 */
export class Allowance {
  readonly account: Account
  /** Held for this process in the store. */
  #held = 0
  /** Of it, by running calls. */
  #reserved = 0
  /** Of it, spent already and not yet posted. */
  #unposted = 0
  #headroom = 0
  /** What the last call that drew may cost, of those that cost something. */
  #callAmount = 0
  #callsPerDraw = CALLS_PER_DRAW
  #drawnAtMs = -Infinity
  /** As the store last said, this process's own part taken out. */
  #spent = 0
  #heldByOthers = 0
  /** When the store last said something. */
  #seenAtMs = -Infinity
  /** A call has reserved money since the last posting. */
  #used = false
  /** Of the last posting that found it used. */
  #usedAtMs = -Infinity
  /** Nobody posts for it any more: another is made when its budget is asked again. */
  forgotten = false

  constructor(account: Account) {
    this.account = account
  }

  /** Whether the calls are paid one by one, since little is left of the budget. */
  get isTight(): boolean {
    return this.#headroom === 0 && this.#callAmount > 0
  }

  /** Nothing is held or owed here, and nobody asked for a while: it can be forgotten. */
  isOver(nowMs: number): boolean {
    if (nowMs - this.#seenAtMs < FORGOTTEN_MS) return false
    return this.#held === 0 && this.#reserved === 0 && this.#unposted === 0
  }

  /**
   * Time to ask the store, before a call has to wait for it: half of what was drawn beyond need is used up. Or nothing was
   * drawn, since the calls cost nothing, and what the store said is old.
   */
  asksAhead(nowMs: number): boolean {
    if (this.#held === 0) return nowMs - this.#seenAtMs >= IDLE_MS
    return this.#headroom > 0 && this.#free < this.#headroom / 2
  }

  get #free(): number {
    return this.#held - this.#reserved - this.#unposted
  }

  /** What must be drawn before a call may reserve so much. */
  shortBy(amount: number): number {
    return Math.max(0, amount - this.#free)
  }

  /** A draw for a call that costs something begins, at that time of a clock that never goes back. */
  drawsAt(nowMs: number): void {
    const sinceMs = nowMs - this.#drawnAtMs
    if (sinceMs > PAUSE_MS) this.#callsPerDraw = CALLS_PER_DRAW
    else if (sinceMs < SOON_MS) {
      this.#callsPerDraw = Math.min(this.#callsPerDraw * 2, MOST_CALLS_PER_DRAW)
    }
    this.#drawnAtMs = nowMs
  }

  /** Whether the budget, as far as is known here, has room: it may have been made smaller since the money was drawn. */
  fits(amount: number, maxNanoCredits: number): boolean {
    if (this.#seenAtMs === -Infinity) return false
    const taken = this.#spent + this.#unposted + this.#heldByOthers + this.#reserved
    return taken + amount <= maxNanoCredits
  }

  reserve(amount: number): void {
    this.#reserved += amount
    if (amount > 0) this.#used = true
  }

  settle(reserved: number, spent: number): void {
    this.#reserved -= reserved
    this.#unposted += spent
  }

  /** Worth a call or more, else not worth having: the last money of a budget is held by the calls that need it. */
  headroomFor(amount: number, leftNanoCredits: number): number {
    // One that costs nothing may be the one that draws for the others.
    if (amount > 0) this.#callAmount = amount
    const portion = this.#callAmount * this.#callsPerDraw
    const wished = Math.min(portion, Math.floor(leftNanoCredits * LARGEST_HEADROOM))
    this.#headroom = wished < this.#callAmount ? 0 : wished
    return this.#headroom
  }

  granted(granted: Granted, nowMs: number): void {
    this.#held += granted.grantedNanoCredits
    this.seen(granted, nowMs)
  }

  seen({ spentNanoCredits, heldNanoCredits }: Spending, nowMs: number): void {
    this.#seenAtMs = nowMs
    this.#spent = spentNanoCredits
    this.#heldByOthers = Math.max(0, heldNanoCredits - this.#held)
  }

  /** As it stands with what the store does not know yet. What is held without a call that needs it counts as left. */
  spending(): Spending {
    const { scope, periodStartMs } = this.account
    return {
      scope,
      periodStartMs,
      spentNanoCredits: this.#spent + this.#unposted,
      heldNanoCredits: this.#heldByOthers + this.#reserved,
    }
  }

  /**
   * Takes out what the store is to be told: what was spent, and what is still held. One that nobody used for a second gives
   * back what no call needs, as all do at the end. `undefined`: there is nothing to tell.
   */
  takePosting({ nowMs, atTheEnd, renews }: PostingTime): Taken | undefined {
    if (this.#used) this.#usedAtMs = nowMs
    const givesBack = atTheEnd || nowMs - this.#usedAtMs >= IDLE_MS
    const held = this.#held
    const unposted = this.#unposted
    const spare = Math.max(0, held - this.#reserved - unposted)
    const kept = givesBack ? 0 : Math.min(spare, this.#headroom)
    const holds = this.#reserved + kept
    this.#used = false
    if (unposted === 0 && holds === held && !(renews && held > 0)) return undefined
    this.#held = holds
    this.#unposted = 0
    return {
      entry: { ...this.account, spentNanoCredits: unposted, holdNanoCredits: holds },
      putBack: () => {
        this.#held += held - holds
        this.#unposted += unposted
      },
    }
  }
}

interface PostingTime {
  /** Of a clock that never goes back. */
  readonly nowMs: number
  /** The process ends. */
  readonly atTheEnd: boolean
  /** What is held is told again, so that it does not expire. */
  readonly renews: boolean
}

interface Taken {
  readonly entry: PostingEntry
  /** When the store did not take it. */
  readonly putBack: () => void
}
