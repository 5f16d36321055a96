/**
 * Money that may be spent, and money that is held for running calls. Everything here is durable, and the same for all
 * processes that share the store.
 *
 * A process holds money for many of its calls at once (see `allowances.ts`) and posts what they really cost. Holds outlive
 * the process: what nobody gave back is counted as spent when the hold expires, which errs on the safe side.
 */
export interface BudgetStore {
  /** Holds what is asked on every account, or nothing on any. Rejects when the store cannot be reached. */
  hold(request: HoldRequest): Promise<HoldVerdict>
  /** Adds what was spent and gives back what is held no more. Answers with the accounts as they then stand, in the same order. */
  post(posting: Posting): Promise<readonly Spending[]>
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

export interface HoldDemand extends BudgetDemand {
  /** What must be had. */
  readonly nanoCredits: number
  /** What is welcome beyond it, by what is then left of the budget. */
  readonly headroom: (leftNanoCredits: number) => number
}

export interface HoldRequest {
  /** The process. One holder never has two requests under way. */
  readonly holder: string
  readonly demands: readonly HoldDemand[]
  readonly expiresAtMs: number
}

export interface HoldVerdict {
  /** The first budget that does not have this much left, as it stood before. */
  readonly refusal?: (Spending & { readonly maxNanoCredits: number }) | undefined
  /** In the order of the demands; empty when refused. */
  readonly granted: readonly Granted[]
}

export interface Granted extends Spending {
  readonly grantedNanoCredits: number
}

export interface Posting {
  readonly holder: string
  readonly entries: readonly PostingEntry[]
  readonly expiresAtMs: number
}

export interface PostingEntry extends Account {
  readonly spentNanoCredits: number
  /** What the holder holds from now on. */
  readonly holdNanoCredits: number
}

export interface Spending extends Account {
  readonly spentNanoCredits: number
  readonly heldNanoCredits: number
}
