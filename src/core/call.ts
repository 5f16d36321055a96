import type { CancelSignal } from './cancel-signal.ts'
import type { RequestPath } from './dialect.ts'
import type { JsonObject } from './json.ts'

/** A wire format as a client speaks it. */
export type DialectName =
  | 'chat'
  | 'completions'
  | 'responses'
  | 'messages'
  | 'gemini'
  | 'ollama'
  | 'embeddings'

/** What is asked for, whatever the dialect. */
export type Operation = 'generate' | 'embed' | 'count-tokens'

/** One request on its way through the house. No framework's type may enter here. */
export interface Call {
  /** The request id: the caller's if well formed, else ours. Goes to the client, the log, the ledger and upstream. */
  readonly id: string
  readonly operation: Operation
  /** Name in the dialect registry; sub-forms (`gemini:embedContent`) have entries of their own. */
  readonly dialect: string
  /** As the client wrote it; empty when it named none. */
  readonly model: string
  readonly stream: boolean
  /** Names in lower case. Hop-by-hop headers, cookies and the key are already gone. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: RequestBody
  /** For dialects that keep model or streaming in the path (Gemini); absent elsewhere. */
  readonly path?: RequestPath | undefined
  readonly caller: Caller
  readonly options: CallOptions
  /**
   * Aborts when the client goes away; the reason says so. With a `ServiceUnavailableError` as the reason it is the door that ends
   * the call, and the client is there to be told.
   */
  readonly signal: CancelSignal
  /** `clock.monotonic()` when the first byte of the request was read. */
  readonly receivedAt: number
  /** The client came over a WebSocket, so that the upstream may be asked over one, too. */
  readonly webSocket?: boolean | undefined
  /** The session that the client names in a header of its own; for routing, and never sent on. */
  readonly session?: string | undefined
  /** The caller's own trace, for those who watch calls. Never sent on: it is nobody's business upstream. */
  readonly trace?: TraceHeaders | undefined
}

/** As they came, and not looked at yet: https://www.w3.org/TR/trace-context/ */
export interface TraceHeaders {
  readonly traceparent: string
  readonly tracestate?: string | undefined
}

/** The request as it came and as it parsed: relays send the bytes on, everything else reads the object. */
export interface RequestBody {
  readonly bytes: Uint8Array
  readonly json: JsonObject
}

/** Who asks. */
export interface Caller {
  /** `open`: a gateway without keys on loopback. `sdk`: a call from this process. */
  readonly kind: 'sdk' | 'open' | 'master' | 'key'
  readonly keyId?: string | undefined
  readonly keyAlias?: string | undefined
  readonly userId?: string | undefined
  readonly teamId?: string | undefined
  /** Whose Copilot entitlement pays. A key bound to a person names that person's own. */
  readonly seat: SeatId
}

export type SeatId = string
/** The seat of whoever runs this process: the one that `jetway login` signs in. */
export const OWN_SEAT: SeatId = 'own'

export interface CallOptions {
  /** Bounds the whole call, attempts and waits included. */
  readonly timeoutMs?: number | undefined
  /** Bounds the wait for the first byte and between two. */
  readonly streamTimeoutMs?: number | undefined
  /** Further attempts after the first. */
  readonly retries?: number | undefined
  /** Model names to try when the call's own fails. */
  readonly fallbacks?: readonly string[] | undefined
  /** Leave out, and name, what the model does not take, where it would else be refused. */
  readonly dropParams?: boolean | undefined
  /** Refuse what would be degraded (`x-jetway-fidelity: strict`). */
  readonly strict?: boolean | undefined
  /** An upstream given with the call itself; only the SDK may set these, never a client of the gateway. */
  readonly apiBase?: string | undefined
  readonly apiKey?: string | undefined
  /** The seed's defaults for parameters left out; the SDK's, never the gateway's. */
  readonly sdkDefaults?: boolean | undefined
}
