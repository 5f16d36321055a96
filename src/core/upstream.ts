import type { Awaitable } from './awaitable.ts'
import type { CancelSignal } from './cancel-signal.ts'
import type { RequestFacts } from './dialect.ts'
import type { SeatId } from './call.ts'
import type { JetwayError } from './errors.ts'
import type { JsonObject, JsonValue } from './json.ts'
import type { Model, WireName } from './model.ts'
import type { Initiator, Rewrite } from './plan.ts'

/** A vendor as the engine sees it. The engine knows no vendor by name; everything special is behind this. */
export interface Upstream {
  /** As in `github_copilot/<model>`. */
  readonly provider: string
  /** The catalogue's model, found by any of its spellings; `undefined` when the (fresh) catalogue has none such. */
  findModel(id: string, at: Place, signal: CancelSignal): Awaitable<Model | undefined>
  listModels(at: Place, signal: CancelSignal): Promise<readonly Model[]>
  /** Host and credential for one attempt. Never blocks on a person: not signed in is an `AuthenticationError`. */
  access(at: Place, signal: CancelSignal): Awaitable<Access>
  /** Pure: the vendor's headers and repairs for this request. */
  prepare(draft: Draft): Prepared
  /** Pure: what an answer that is no success means, and what would mend it. */
  readFailure(refusal: Refusal): Failure
  /** Does the mending: a new token, the right host, a newer API version. Single flight inside. */
  mend(mend: Mend, at: Place, access: Access, signal: CancelSignal): Promise<void>
  /** Reads limits and quota from the headers of any answer. Called once per attempt; must be cheap. */
  observe?(at: Place, headers: ResponseHeaders): void
}

/** Where a call goes: whose seat, and the deployment's own settings. */
export interface Place {
  readonly seat: SeatId
  /** Explicit base URL and key of a deployment (operator) or of an SDK call; never of a gateway's client. */
  readonly apiBase?: string | undefined
  readonly apiKey?: string | undefined
}

export interface Access {
  /** `https://api.individual.githubcopilot.com`: scheme and authority, checked. */
  readonly origin: string
  /** Path in front of every wire's path, without a trailing slash; often empty. */
  readonly basePath: string
  /** The credential headers. Only the transport reads them. */
  readonly authorization: Readonly<Record<string, string>>
  /** Picks the identity profile (`tid`: exchanged token; `direct`: the GitHub token itself; `key`: any other). */
  readonly credential: 'tid' | 'direct' | 'key' | 'none'
  /** Changes when the token does, so that a 401 renews a token only once for all who hold it. */
  readonly generation: number
}

/** What the engine has decided before the vendor speaks. */
export interface Draft {
  readonly model: Model
  readonly wire: WireName
  /** The body in the upstream wire's own form; not to be changed in place. */
  readonly body: JsonObject
  readonly facts: RequestFacts
  /** The caller's headers, lower case. */
  readonly callerHeaders: ReadonlyMap<string, string>
  /** Extra headers of deployment and call, lower case; they win over everything. */
  readonly extraHeaders: Readonly<Record<string, string>>
  readonly access: Access
  readonly requestId: string
  /** 1 for the first that the upstream works on; refused ones (4xx) do not count. Repeated ones are never the user's. */
  readonly attempt: number
  readonly stream: boolean
  /** Drop and name what the model does not take instead of refusing. */
  readonly dropParams: boolean
  /** Lessons of earlier attempts of this call. */
  readonly lessons: readonly Mend[]
}

export interface Prepared {
  /** Below the base path. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Changes to the body's top-level fields; `undefined` removes one. */
  readonly edits: ReadonlyMap<string, JsonValue | undefined>
  readonly initiator: Initiator
  readonly rewrites: readonly Rewrite[]
  readonly degraded: readonly string[]
}

/** An answer with an error status, or an error inside a stream. */
export interface Refusal {
  readonly status: number
  readonly headers: ResponseHeaders
  /** At most 64 KiB of it. */
  readonly body: string
  readonly wire: WireName
  readonly model: string
  readonly requestId: string
}

/** Names in lower case; a repeated header's values joined by `, `. */
export type ResponseHeaders = Readonly<Record<string, string>>

export interface Failure {
  readonly error: JetwayError
  /** What could be done before the same call is sent again, at most once each. */
  readonly mend?: Mend | undefined
}

export type Mend =
  /** 401: a new token. */
  | { readonly kind: 'renew-credential' }
  /** 421: ask again which host is ours. */
  | { readonly kind: 'resolve-host' }
  /** 466: a newer API version, which is then kept. */
  | { readonly kind: 'newer-api-version' }
  /** The model does not speak this wire: remembered, and another of its wires taken. */
  | { readonly kind: 'other-wire'; readonly wire: WireName; readonly model: string }
  /** The policy is not accepted, and the configuration allows accepting it. */
  | { readonly kind: 'accept-policy'; readonly model: string }
  /** Items that belong to another connection: their ids are dropped. */
  | { readonly kind: 'drop-item-ids' }
  /** The engine's own: a request sent in the client's own form is refused, and healing finds what to mend in it. */
  | {
      readonly kind: 'heal-request'
      /** The model, where it turned out to take no tools but functions: the others become some, and that is remembered. */
      readonly onlyFunctions?: string | undefined
    }
  /** A parameter the model turned out to refuse: left out, and remembered. */
  | { readonly kind: 'drop-parameter'; readonly name: string; readonly model: string }
  /** `max_tokens` is called `max_completion_tokens` here, or the other way round. */
  | {
      readonly kind: 'rename-parameter'
      readonly from: string
      readonly to: string
      readonly model: string
    }
