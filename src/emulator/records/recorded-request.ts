import type { JsonValue } from '../../core/json.ts'

/** What one request used. */
export interface RecordedUsage {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
}

/** One request as it arrived and what became of it. */
export interface RecordedRequest {
  /** The `x-github-request-id` of the answer. */
  readonly id: string
  readonly at: number
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Names in lower case; a header sent twice is joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Names and values in the order and case they came in. */
  readonly rawHeaders: readonly string[]
  /** Parsed JSON or form, else text. On a WebSocket, the message. */
  body: JsonValue | undefined
  bodyBytes: number
  /** `chat`, `responses`, `responses-ws`, `messages`, `models`, `exchange`, …; `unknown` for a path that does not exist. */
  route: string
  login: string | undefined
  credential: string | undefined
  model: string | undefined
  stream: boolean
  initiator: string | undefined
  /** `passed`, or the gate that refused. */
  gate: string
  fault: string | undefined
  status: number | undefined
  /** `aborted`: the client went away first. `cut`: a fault or quirk ended it. */
  outcome: 'open' | 'complete' | 'aborted' | 'cut'
  /** Events of a stream that were written. */
  events: number
  /** Billionths of a premium request, and of a credit. */
  premiumNano: number
  nanoAiu: number
  usage: RecordedUsage | undefined
  /** What the original lets pass and a careful client would not send; empty when all is well. */
  remarks: readonly string[]
}

export interface RequestFilter {
  readonly route?: string
  readonly method?: string
  readonly path?: string
  readonly model?: string
  readonly login?: string
  readonly status?: number
  readonly gate?: string
  readonly outcome?: RecordedRequest['outcome']
}
