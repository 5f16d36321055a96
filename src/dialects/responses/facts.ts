import type { RequestFacts } from '../../core/dialect.ts'
import {
  asArray,
  asObject,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../core/json.ts'
import {
  optionalBoolean,
  optionalInteger,
  optionalString,
  wrongField,
} from '../fields/read-fields.ts'

export function readFacts(body: JsonObject): RequestFacts {
  const { input } = body
  if (typeof input !== 'string' && (!Array.isArray(input) || input.length === 0)) {
    throw wrongField('input', 'a string or a list of at least one item', input)
  }
  const maxOutputTokens = optionalInteger(body, 'max_output_tokens')
  return {
    model: optionalString(body, 'model') ?? '',
    stream: optionalBoolean(body, 'stream') ?? false,
    ...lastTurn(input),
    hasImages: typeof input !== 'string' && input.some(hasImage),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  }
}

function lastTurn(
  input: string | readonly JsonValue[],
): Pick<RequestFacts, 'lastTurn' | 'lastTurnReason'> {
  const role = typeof input === 'string' ? 'user' : asObject(input.findLast(isSpoken))?.['role']
  return role === 'user'
    ? { lastTurn: 'user', lastTurnReason: 'the last item is the user’s' }
    : { lastTurn: 'agent', lastTurnReason: 'the last item is not the user’s' }
}

/** Instructions between the items are nobody's turn. */
function isSpoken(item: JsonValue): boolean {
  const role = asObject(item)?.['role']
  return role !== 'system' && role !== 'developer'
}

function hasImage(item: JsonValue): boolean {
  return (
    isJsonObject(item) &&
    (asArray(item['content']).some(isImage) || asArray(item['output']).some(isImage))
  )
}

function isImage(part: JsonValue): boolean {
  return asObject(part)?.['type'] === 'input_image'
}
