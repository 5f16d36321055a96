import type { CancelSignal } from './cancel-signal.ts'
import type { ResponseHeaders } from './upstream.ts'

/** One whole exchange with a control plane: sign-in, tokens, catalogue, quota. The path of a call does not use it. */
export interface HttpClient {
  /** Rejects with an `APIConnectionError` or a `Timeout`; any status is a success. Never follows a redirect. */
  request(request: HttpRequest): Promise<HttpResponse>
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PUT' | 'PATCH'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** @default 30000 */
  readonly timeoutMs?: number | undefined
  /** Larger answers are an error. @default 8 MiB */
  readonly maxBytes?: number | undefined
  readonly signal?: CancelSignal | undefined
}

export interface HttpResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  readonly body: string
}
