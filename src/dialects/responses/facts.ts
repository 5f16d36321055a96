import type { RequestFacts } from '../../core/dialect.ts'
import {
  asArray,
  asObject,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../core/json.ts'
import {
  optionalArray,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalString,
  wrongField,
} from '../fields/read-fields.ts'

export function readFacts(body: JsonObject): RequestFacts {
  const { input } = body
  if (typeof input !== 'string' && (!Array.isArray(input) || input.length === 0)) {
    throw wrongField('input', 'a string or a list of at least one item', input)
  }
  checkParameters(body)
  if (typeof input !== 'string') checkRoles(input)
  const maxOutputTokens = optionalInteger(body, 'max_output_tokens')
  return {
    model: optionalString(body, 'model') ?? '',
    stream: optionalBoolean(body, 'stream') ?? false,
    ...lastTurn(input),
    hasImages: typeof input !== 'string' && input.some(hasImage),
    wantsSchema: asObject(asObject(body['text'])?.['format'])?.['type'] === 'json_schema',
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  }
}

/** Members whose kind is wrong whatever model is asked; some models are not even sent the first two. */
function checkParameters(body: JsonObject): void {
  for (const name of ['temperature', 'top_p']) optionalNumber(body, name)
  optionalArray(body, 'tools')
}

const ROLES: ReadonlySet<JsonValue | undefined> = new Set([
  'user',
  'assistant',
  'system',
  'developer',
])

function checkRoles(input: readonly JsonValue[]): void {
  for (const [index, item] of input.entries()) {
    if (!isJsonObject(item) || (item['type'] ?? 'message') !== 'message') continue
    if (!ROLES.has(item['role'])) {
      throw wrongField(`input[${index}].role`, 'user, assistant, system or developer', item['role'])
    }
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
