import type { RequestFacts } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { optionalBoolean, optionalInteger, optionalString } from '../fields/read-fields.ts'
import { readPrompt } from './decode-request.ts'

export function readFacts(body: JsonObject): RequestFacts {
  readPrompt(body)
  return {
    model: optionalString(body, 'model') ?? '',
    stream: optionalBoolean(body, 'stream') ?? false,
    lastTurn: 'user',
    lastTurnReason: 'a prompt is one turn of the user',
    hasImages: false,
    maxOutputTokens: optionalInteger(body, 'max_tokens'),
  }
}
