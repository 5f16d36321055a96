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

/**
 * Of the headers an SDK sends, those that Copilot may see. A list of what goes through, not of what does not: a header nobody
 * thought of, with a key or a cookie in it, must not leave the house. The gateway has the same list for its clients.
 */
const SENT_ON: ReadonlySet<string> = new Set([
  'editor-version',
  'editor-plugin-version',
  'copilot-integration-id',
  'openai-intent',
  'x-initiator',
])
const SENT_ON_PREFIXES = ['x-interaction-', 'vscode-', 'anthropic-'] as const

/** As editors name themselves; the name of an SDK says nothing to Copilot. */
const EDITOR_AGENT =
  /^(?:github-?copilot|copilot|vscode|visual ?studio|jetbrains|intellij|neovim|vim|emacs|xcode|eclipse|zed)[\w.-]*\//i

export function callerHeaders(headers: Headers): Map<string, string> {
  const kept = new Map<string, string>()
  for (const [name, value] of headers) if (isSentOn(name, value)) kept.set(name, value)
  return kept
}

function isSentOn(name: string, value: string): boolean {
  if (name === 'user-agent') return EDITOR_AGENT.test(value)
  return SENT_ON.has(name) || SENT_ON_PREFIXES.some((prefix) => name.startsWith(prefix))
}
