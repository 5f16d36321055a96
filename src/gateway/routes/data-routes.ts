import type { DialectName } from '../../core/call.ts'
import { decodeLeniently } from './router.ts'

/** One endpoint that takes a call: which dialect of the registry serves it. */
export interface DataRoute {
  /** Without `/v1`; `withV1` says whether it answers with it, too. */
  readonly path: string
  readonly withV1: boolean
  /** Id in the dialect registry. */
  readonly dialect: string
  readonly summary: string
}

export const DATA_ROUTES: readonly DataRoute[] = [
  route('/chat/completions', 'chat', 'OpenAI chat completions'),
  route('/completions', 'completions', 'OpenAI legacy completions'),
  route('/embeddings', 'embeddings', 'OpenAI embeddings'),
  route('/responses', 'responses', 'OpenAI responses'),
  route('/responses/compact', 'responses:compact', 'OpenAI compaction of a conversation'),
  route('/messages', 'messages', 'Anthropic messages'),
  route('/messages/count_tokens', 'messages:count_tokens', 'Anthropic token count'),
  ollama('/api/chat', 'ollama:chat', 'Ollama chat'),
  ollama('/api/generate', 'ollama:generate', 'Ollama generate'),
  ollama('/api/embed', 'ollama:embed', 'Ollama embeddings'),
  ollama('/api/embeddings', 'ollama:embeddings', 'Ollama embeddings, the older form'),
]

function route(path: string, dialect: string, summary: string): DataRoute {
  return { path, withV1: true, dialect, summary }
}

function ollama(path: string, dialect: string, summary: string): DataRoute {
  return { path, withV1: false, dialect, summary }
}

/** `:generateContent` and the like, behind a model's name in the path. */
export const GEMINI_ACTIONS: ReadonlySet<string> = new Set([
  'generateContent',
  'streamGenerateContent',
  'countTokens',
  'embedContent',
  'batchEmbedContents',
])

/** Google's SDKs let their user choose the version in the path. */
export const GEMINI_PREFIXES = ['/v1beta/models/', '/v1/models/', '/models/']

export interface GeminiTarget {
  readonly dialect: string
  readonly model: string
}

/**
 * `models/gemini-2.5-pro:streamGenerateContent` as dialect and model; the name before the last colon may hold slashes. A
 * stream is one JSON array unless the query asks for events. https://ai.google.dev/api/generate-content
 */
export function geminiTarget(
  rest: string,
  query: ReadonlyMap<string, string>,
): GeminiTarget | undefined {
  const colon = rest.lastIndexOf(':')
  const action = rest.slice(colon + 1)
  if (colon <= 0 || !GEMINI_ACTIONS.has(action)) return undefined
  const asArray = action === 'streamGenerateContent' && query.get('alt') !== 'sse'
  return { dialect: `gemini:${action}${asArray ? ':array' : ''}`, model: rest.slice(0, colon) }
}

/** What stands behind Gemini's prefix in a path; `undefined` when it has none. */
export function behindGeminiPrefix(path: string): string | undefined {
  const prefix = GEMINI_PREFIXES.find((candidate) => path.startsWith(candidate))
  return prefix === undefined
    ? undefined
    : decodeLeniently(path.slice(prefix.length), decodeURIComponent)
}

/** A model's name with an action behind it is called; the bare name is read. `undefined`: no path of Gemini's. */
export function isGeminiCall(path: string): boolean | undefined {
  const rest = behindGeminiPrefix(path)
  return rest === undefined ? undefined : geminiTarget(rest, NO_QUERY) !== undefined
}

const NO_QUERY: ReadonlyMap<string, string> = new Map()

/** In whose words to answer on a path that no route serves. */
export function dialectOfPath(path: string): DialectName {
  if (/^(?:\/v1)?\/messages(?:\/|$)/.test(path)) return 'messages'
  if (path.startsWith('/v1beta')) return 'gemini'
  if (path.startsWith('/api/')) return 'ollama'
  if (/^(?:\/v1)?\/responses(?:\/|$)/.test(path)) return 'responses'
  return 'chat'
}
