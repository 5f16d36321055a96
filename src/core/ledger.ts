import type { Caller, DialectName, Operation, TraceHeaders } from './call.ts'
import type { ErrorName } from './errors.ts'
import type { WireName } from './model.ts'
import type { Initiator, Rewrite } from './plan.ts'
import type { Usage } from './usage.ts'

/** What became of a call: one row of the ledger, one line of the log, and what `explain` prints. No prompt, no answer, no secret. */
export interface CallRecord {
  /** Ours, and of this call alone: what the ledger counts by. A caller may send one request id many times. */
  readonly uid: string
  /** The request id, as the client knows it. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly caller: Caller
  readonly operation: Operation
  readonly dialect: DialectName
  readonly modelAsked: string
  readonly provider: string | undefined
  readonly model: string | undefined
  readonly wire: WireName | undefined
  readonly wireReason: string | undefined
  readonly mode: 'relay' | 'translate' | undefined
  readonly stream: boolean
  readonly initiator: Initiator | undefined
  readonly rewrites: readonly Rewrite[]
  readonly degraded: readonly string[]
  readonly attempts: readonly AttemptRecord[]
  readonly outcome: Outcome
  readonly status: number
  readonly error?:
    | { readonly name: ErrorName; readonly message: string; readonly code?: string | undefined }
    | undefined
  readonly usage: Usage | undefined
  readonly cost: Cost | undefined
  readonly timing: Timing
  /** The caller's own trace, as it was sent; not kept in the ledger. */
  readonly trace?: TraceHeaders | undefined
}

export type Outcome = 'ok' | 'failed' | 'refused' | 'aborted'

/** `upstream`: as billed. `estimate`: from the catalogue's token prices. */
export interface Cost {
  readonly nanoCredits: number
  readonly source: 'upstream' | 'estimate'
  /** What the cached tokens would have cost more without the cache. */
  readonly savedNanoCredits: number
}

export interface AttemptRecord {
  readonly number: number
  readonly provider: string
  readonly model: string
  readonly wire: WireName
  /** Milliseconds after the start of the call. */
  readonly startedMs: number
  readonly durationMs: number
  /** 0 when no answer came. */
  readonly status: number
  readonly initiator: Initiator['value']
  readonly error?: string | undefined
  /** What was done about it: `renew-credential`, `retry in 1200 ms`, `fallback to gpt-4.1`. */
  readonly next?: string | undefined
}

/** Milliseconds. */
export interface Timing {
  readonly totalMs: number
  /** Until the first byte of the answer went to the client. */
  readonly firstByteMs: number | undefined
  /** Spent in the gateway itself: total less the waits for upstream and client. */
  readonly overheadMs: number
  readonly queuedMs: number
}

/** A call that has come in, before anything is known of how it will go. */
export interface StartedCall {
  readonly id: string
  readonly model: string
  readonly stream: boolean
  readonly caller: Caller
  readonly dialect: DialectName
}

/** Hears of calls as they go. Must not throw and must not block: it is on the path of every call. */
export interface Observer {
  started?(call: StartedCall): void
  attempted?(id: string, attempt: AttemptRecord): void
  finished?(record: CallRecord): void
}
