import type { DialectName } from '../../../core/call.ts'
import type { JsonObject } from '../../../core/json.ts'
import { answer, anything, jsonContent, object, orNull, reference, text, whole } from './schema.ts'

/** An error in the form of each dialect; `docs/errors.md` lists classes and codes. */
export const ERROR_SCHEMAS: JsonObject = {
  OpenAIError: answer({
    error: answer({ message: text, type: text, param: orNull(text), code: orNull(text) }),
  }),
  AnthropicError: object(
    {
      type: { const: 'error' },
      error: answer({ type: text, message: text }),
      request_id: orNull(text),
    },
    ['type', 'error'],
  ),
  GeminiError: answer({
    error: object({ code: whole, message: text, status: text, details: anything }, [
      'code',
      'message',
      'status',
    ]),
  }),
  OllamaError: answer({ error: text }),
}

const FORMS: Readonly<Partial<Record<DialectName, string>>> = {
  messages: 'AnthropicError',
  gemini: 'GeminiError',
  ollama: 'OllamaError',
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'Something in the request is wrong; the message says what',
  401: 'No key, or none that is known',
  402: 'The seat’s quota at GitHub is used up',
  403: 'This key may not do this',
  404: 'There is no such thing here',
  408: 'The request came too slowly',
  409: 'Somebody else was faster',
  413: 'The body is larger than allowed',
  415: 'The body is compressed in a way that is not read here',
  422: 'The content cannot be worked on',
  429: 'A limit, a budget or a stop; `retry-after` says when to come again, where that helps',
  500: 'The gateway failed',
  501: 'Not served here',
  502: 'The upstream cannot be reached, or answered with nonsense',
  503: 'Not now; `retry-after` says when',
  504: 'The upstream was too slow',
}

/** What any call may be answered with. */
export const CALL_STATUSES = [
  400, 401, 402, 403, 404, 408, 413, 415, 422, 429, 500, 501, 502, 503, 504,
] as const

/** An endpoint that takes a key, and one that takes none. */
export const GUARDED_STATUSES = [
  400, 401, 402, 403, 404, 408, 409, 413, 415, 422, 429, 500, 502, 503, 504,
] as const
/** Signing in to the page takes no key, and refuses a wrong one. */
export const OPEN_STATUSES = [400, 401, 403, 404, 408, 413, 415, 429, 500, 503] as const

export function errorResponses(dialect: DialectName, statuses: readonly number[]): JsonObject {
  const content = jsonContent(reference(FORMS[dialect] ?? 'OpenAIError'))
  return Object.fromEntries(
    statuses.map((status) => [status, { description: MEANINGS[status] ?? 'An error', content }]),
  )
}
