/**
 * Money that may be spent, and money that running calls hold. A call reserves its estimate against every budget it counts to
 * (its key's, its user's, its team's), all or none; when it is over, the hold gives way to what it really cost.
 *
 * Holds outlive the process: a call whose end nobody recorded is counted at its estimate when the hold expires, which errs on
 * the safe side.
 */
export interface BudgetStore {
  /** Rejects when the store cannot be reached; what then happens is the caller's setting. */
  reserve(reservation: Reservation): Promise<BudgetVerdict>
  settle(settlement: BudgetSettlement): Promise<void>
  /** Turns holds that expired before `nowMs` into spending. Safe to run anywhere, at any time. */
  expireHolds(nowMs: number): Promise<number>
  /** What was spent and is held; absent rows are zero. */
  spending(accounts: readonly Account[]): Promise<readonly Spending[]>
}

/** One budget in one of its periods. */
export interface Account {
  /** `key:ID`, `user:ID`, `team:ID`. */
  readonly scope: string
  readonly periodStartMs: number
}

export interface BudgetDemand extends Account {
  readonly maxNanoCredits: number
}

export interface Reservation {
  readonly callId: string
  readonly demands: readonly BudgetDemand[]
  readonly nanoCredits: number
  readonly expiresAtMs: number
}

export interface Spending extends Account {
  readonly spentNanoCredits: number
  readonly heldNanoCredits: number
}

export interface BudgetVerdict {
  /** The first budget that does not have this much left. */
  readonly refusal?: (Spending & { readonly maxNanoCredits: number }) | undefined
  /** After this call, in the order of the demands. */
  readonly spending: readonly Spending[]
}

export interface BudgetSettlement {
  readonly callId: string
  readonly accounts: readonly Account[]
  readonly nanoCredits: number
}
