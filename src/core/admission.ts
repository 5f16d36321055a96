import type { Awaitable } from './awaitable.ts'
import type { Call, Caller } from './call.ts'
import type { ListedModel } from './engine.ts'
import type { CallRecord } from './ledger.ts'
import type { Model } from './model.ts'

/** May this caller do this, now? Owned by `policy`; the engine asks it once before the first attempt. */
export interface Admission {
  /** Throws or rejects with the refusal (`PermissionDeniedError`, `RateLimitError`, `BudgetExceededError`, …). */
  admit(request: AdmissionRequest): Awaitable<Permit>
  /** Whether this caller may use a model at all: what it may not use is not listed for it. Absent: everyone may use all. */
  allows?(caller: Caller, listed: ListedModel): boolean
}

export interface AdmissionRequest {
  readonly call: Call
  /** The first target's model: limits and prices for the estimate. */
  readonly model: Model
  readonly provider: string
}

export interface Permit {
  /** `x-ratelimit-*` and the like for the answer. */
  readonly headers: Readonly<Record<string, string>>
  /** How long the call was queued. */
  readonly queuedMs: number
  /** Settles holds and counters; called exactly once, when the call is over. Must not throw. */
  settle(record: CallRecord): void
}
