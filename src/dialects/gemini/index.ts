/** Google's Gemini API: https://ai.google.dev/api/generate-content. Model and method stand in the path. */
import type { CountDialect, GenerateDialect } from '../../core/dialect.ts'
import { asObject } from '../../core/json.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeAnswer } from './encode-answer.ts'
import { ARRAY, createStreamEncoder, EVENTS } from './encode-stream.ts'
import type { Framing } from './encode-stream.ts'
import { encodeError } from './errors.ts'
import { readFacts } from './facts.ts'
import { member } from './member.ts'

export { batchEmbedContents, embedContent } from './embed.ts'

export const generateContent = generate('gemini:generateContent', false, EVENTS)
export const streamGenerateContent = generate('gemini:streamGenerateContent', true, EVENTS)
/** Without `?alt=sse` the same stream is one JSON array. */
export const streamGenerateContentArray = generate(
  'gemini:streamGenerateContent:array',
  true,
  ARRAY,
)

function generate(id: string, stream: boolean, framing: Framing): GenerateDialect {
  return {
    id,
    name: 'gemini',
    operation: 'generate',
    wire: undefined,
    readFacts: (body, path) => readFacts(body, path, stream),
    encodeError,
    decodeRequest: (body, path) => decodeRequest(body, path, stream),
    encodeAnswer,
    streamContentType: framing === EVENTS ? 'text/event-stream' : 'application/json',
    createStreamEncoder: (context) => createStreamEncoder(context, framing),
    keepAlive: framing.ping,
  }
}

/** Counts `contents`, or a whole request in `generateContentRequest`. */
export const countTokens: CountDialect = {
  id: 'gemini:countTokens',
  name: 'gemini',
  operation: 'count-tokens',
  wire: undefined,
  readFacts: (body, path) => readFacts(whole(body), path, false),
  encodeError,
  decodeRequest: (body, path) => decodeRequest(whole(body), path, false),
  encodeAnswer: (tokens) => ({ totalTokens: tokens }),
}

function whole(body: Parameters<CountDialect['readFacts']>[0]): typeof body {
  return asObject(member(body, 'generateContentRequest')) ?? body
}
