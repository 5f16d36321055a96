/** The path by which a key's `routes` know a dialect; its shorter and longer forms count as the same. */
const PATHS: Readonly<Record<string, string>> = {
  chat: '/v1/chat/completions',
  completions: '/v1/completions',
  embeddings: '/v1/embeddings',
  responses: '/v1/responses',
  messages: '/v1/messages',
  'messages:count_tokens': '/v1/messages/count_tokens',
  gemini: '/v1beta/models',
  ollama: '/api',
}

export function routeOfDialect(dialect: string): string {
  return PATHS[dialect] ?? PATHS[dialect.split(':', 1)[0] ?? ''] ?? `/${dialect}`
}
