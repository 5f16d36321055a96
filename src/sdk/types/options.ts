/** Beside the wire's own parameters, what every function of the SDK takes. The names are LiteLLM's. */
export interface CallExtras {
  /** Replaces the host for this call: another Copilot host, or the gateway behind `litellm_proxy/…`. */
  api_base?: string | undefined
  /** Replaces the credential for this call: a Copilot token, a GitHub token, or the key of `api_base`'s gateway. */
  api_key?: string | undefined
  /** Sent upstream as they are; a name given here wins over the default of the same name, whatever its case. */
  extra_headers?: Readonly<Record<string, string>> | undefined
  /** Merged into the request's body, for parameters that have no type here yet. */
  extra_body?: Readonly<Record<string, unknown>> | undefined
  /** Seconds for the whole call, its retries included. @default 600 */
  timeout?: number | undefined
  /** Seconds to wait for the first byte and between two. @default 300 */
  stream_timeout?: number | undefined
  /** Further attempts after a failure that may pass. @default 2 */
  num_retries?: number | undefined
  /** Models to try, in order, when the first one fails. */
  fallbacks?: readonly string[] | undefined
  /** Leave out parameters that the model does not take, instead of refusing the call. @default false */
  drop_params?: boolean | undefined
  /** Fill in `temperature` 0, `top_p` 1 and `max_tokens` 4096 where a chat request leaves them out. @default true */
  use_defaults?: boolean | undefined
  /** Ends the call and its request upstream. */
  signal?: AbortSignal | undefined
}

/** What came with an answer. Not enumerable, so that printing or comparing an answer shows the answer alone. */
export interface RawResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly request_id: string
}

/** An answer that knows how it came. */
export type WithResponse<T> = T & { readonly _response: RawResponse }
