import type { DialectName } from './call.ts'
import type { WireName } from './model.ts'

/** What will be sent, and why. Pure data: it can be tested, stored and explained. */
export interface Plan {
  readonly provider: string
  /** The model's id upstream. */
  readonly model: string
  readonly wire: WireName
  readonly wireReason: string
  readonly dialect: DialectName
  /** `relay`: the answer's bytes go through, repaired where they must be. `translate`: parts are decoded and encoded again. */
  readonly mode: 'relay' | 'translate'
  /** Below the upstream's base URL, as `/chat/completions`. */
  readonly path: string
  /** Names in lower case; without the credential, which is added at the socket and never kept. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Whether the upstream is asked to stream; may differ from what the client gets. */
  readonly upstreamStream: boolean
  readonly initiator: Initiator
  readonly rewrites: readonly Rewrite[]
  /** What is lost on the way, named in `x-jetway-degraded`. */
  readonly degraded: readonly string[]
}

/** Who started this turn: the official clients' `X-Initiator`, and the reason for it. */
export interface Initiator {
  readonly value: 'user' | 'agent'
  readonly reason: string
}

/** One change made to what the caller sent. */
export interface Rewrite {
  readonly field: string
  readonly action: 'set' | 'removed' | 'renamed' | 'repaired'
  readonly reason: string
}
