/** What a `fetch` was asked for, with its body read. */
export interface FetchRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: Uint8Array
  readonly signal: AbortSignal | undefined
}

type Input = Parameters<typeof fetch>[0]
type Init = Parameters<typeof fetch>[1]

export async function readRequest(input: Input, init: Init): Promise<FetchRequest> {
  // SDKs send text: no need to pour it through a Request and back.
  if (!(input instanceof Request) && (init?.body === undefined || typeof init.body === 'string')) {
    return {
      method: (init?.method ?? 'GET').toUpperCase(),
      url: new URL(input),
      headers: new Headers(init?.headers),
      body: Buffer.from(init?.body ?? ''),
      signal: init?.signal ?? undefined,
    }
  }
  const request = new Request(input, init)
  return {
    method: request.method,
    url: new URL(request.url),
    headers: request.headers,
    body: Buffer.from(await request.arrayBuffer()),
    signal: request.signal,
  }
}

/** The key is ours to add, and one connection's own headers end with it. */
const WITHHELD: ReadonlySet<string> = new Set([
  'accept-encoding',
  'api-key',
  'authorization',
  'connection',
  'content-length',
  'cookie',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-api-key',
  'x-goog-api-key',
])

export function callerHeaders(headers: Headers): ReadonlyMap<string, string> {
  const kept = new Map<string, string>()
  for (const [name, value] of headers) if (!WITHHELD.has(name)) kept.set(name, value)
  return kept
}
