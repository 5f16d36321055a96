/** One path of the Copilot API, or of a gateway that looks like one, and the dialect that is spoken there. */
type Route =
  | { readonly kind: 'call'; readonly dialect: string }
  | { readonly kind: 'models' }
  | { readonly kind: 'model'; readonly id: string }

/** The end of the path decides: a base URL may end in `/v1` or in anything else. */
const CALLS: readonly (readonly [path: string, dialect: string])[] = [
  ['/chat/completions', 'chat'],
  ['/completions', 'completions'],
  ['/responses', 'responses'],
  ['/messages/count_tokens', 'messages:count_tokens'],
  ['/messages', 'messages'],
  ['/embeddings', 'embeddings'],
]

export type Found =
  | { readonly kind: 'found'; readonly route: Route }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'wrong-method'; readonly allowed: string }

export function findRoute(method: string, path: string): Found {
  const trimmed = path.replace(/\/+$/, '')
  const call = CALLS.find(([end]) => trimmed.endsWith(end))
  if (call) {
    return method === 'POST'
      ? { kind: 'found', route: { kind: 'call', dialect: call[1] } }
      : { kind: 'wrong-method', allowed: 'POST' }
  }
  const model = /\/models(?:\/(.+))?$/.exec(trimmed)
  if (!model) return { kind: 'unknown' }
  if (method !== 'GET') return { kind: 'wrong-method', allowed: 'GET' }
  const [, id] = model
  if (id === undefined) return { kind: 'found', route: { kind: 'models' } }
  const name = decode(id)
  return name === undefined
    ? { kind: 'unknown' }
    : { kind: 'found', route: { kind: 'model', id: name } }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
