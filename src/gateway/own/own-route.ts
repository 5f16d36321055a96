import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../../core/call.ts'
import type { DialectName } from '../../core/call.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/** Who may ask. `anyone` needs no key, `caller` any good one, `master` the master key (or an open gateway's owner). */
export type Access = 'anyone' | 'caller' | 'master'

/** An endpoint that is no call to a model: lists, health, keys, … */
export interface OwnRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** As `/v1/requests/:id`; `:id{.+}` takes slashes, too. */
  readonly path: string
  readonly access: Access
  readonly summary: string
  /** In whose words its errors are. @default 'chat' */
  readonly dialect?: DialectName | undefined
  /** What `/openapi.json` says of it beyond path and summary: parameters, bodies, answers. */
  readonly openapi?: JsonObject | undefined
  readonly answer: (request: OwnRequest) => OwnAnswer | Promise<OwnAnswer>
}

export interface OwnRequest {
  readonly id: string
  /** An `anyone` route has none. */
  readonly caller: Caller | undefined
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The other end of the socket: a proxy's, where one stands in front. */
  readonly address: string | undefined
  readonly signal: AbortSignal
  /** Reads the body; rejects with a `BadRequestError`. */
  json(): Promise<JsonObject>
}

export interface OwnAnswer {
  /** @default 200 */
  readonly status?: number | undefined
  /** JSON; text needs a `content-type` of its own in `headers`. */
  readonly body: JsonValue
  /** Sent piece by piece in place of `body`: for exports that outgrow memory. */
  readonly pieces?: AsyncIterable<string | Uint8Array> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}
