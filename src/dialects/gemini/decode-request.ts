import type { Conversation, Reasoning, ResponseFormat, Turn } from '../../core/conversation.ts'
import type { RequestPath } from '../../core/dialect.ts'
import { asArray, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import {
  optionalArray,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalString,
  refusedField,
  requireObject,
  stringOrList,
  wrongField,
} from '../fields/read-fields.ts'
import { createCallBook } from '../call-ids/call-book.ts'
import type { CallBook } from '../call-ids/call-book.ts'
import { decodeParts } from './decode-parts.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { jsonSchemaFromGemini } from './json-schema.ts'
import { camelCased } from './member.ts'
import { modelOf } from './model-path.ts'

export function decodeRequest(
  request: JsonObject,
  path: RequestPath,
  stream: boolean,
): Conversation {
  const body = camelCased(request)
  const config = camelCased(requireObject(body['generationConfig'] ?? {}, 'generationConfig'))
  const at = 'generationConfig.'
  if (body['cachedContent'])
    throw refusedField(
      'cachedContent',
      'Content that is cached at Google cannot be used here: send the whole conversation.',
    )
  if ((optionalInteger(config, 'candidateCount', at) ?? 1) > 1)
    throw refusedField(
      `${at}candidateCount`,
      'One candidate per request: send the request once for each.',
    )
  const { tools, lost } = decodeTools(body)
  const logprobs = optionalBoolean(config, 'responseLogprobs', at)
  return {
    model: modelOf(path, body),
    turns: [...decodeSystem(body['systemInstruction']), ...decodeContents(body['contents'])],
    tools,
    toolChoice: decodeToolChoice(body),
    maxOutputTokens: optionalInteger(config, 'maxOutputTokens', at),
    temperature: optionalNumber(config, 'temperature', at),
    topP: optionalNumber(config, 'topP', at),
    topK: optionalNumber(config, 'topK', at),
    frequencyPenalty: optionalNumber(config, 'frequencyPenalty', at),
    presencePenalty: optionalNumber(config, 'presencePenalty', at),
    seed: optionalInteger(config, 'seed', at),
    stop: stringOrList(config, 'stopSequences', at),
    logprobs: logprobs ? { top: optionalInteger(config, 'logprobs', at) } : undefined,
    responseFormat: decodeFormat(config),
    reasoning: decodeReasoning(config),
    stream,
    includeUsage: true,
    extras: [
      ...unknownFields(body, KNOWN),
      ...unknownFields(config, KNOWN_CONFIG),
      ...lost.map((name) => ({ name, value: true })),
    ],
  }
}

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'generateContentRequest',
])
const KNOWN_CONFIG: ReadonlySet<string> = new Set([
  'candidateCount',
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'frequencyPenalty',
  'presencePenalty',
  'seed',
  'stopSequences',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'thinkingConfig',
])

function unknownFields(object: JsonObject, known: ReadonlySet<string>): Conversation['extras'] {
  return Object.entries(object).flatMap(([name, value]) =>
    known.has(name) || value === undefined || value === null ? [] : [{ name, value }],
  )
}

function decodeSystem(value: JsonValue | undefined): readonly Turn[] {
  if (value === undefined || value === null) return []
  const parts = typeof value === 'string' ? [value] : asArray(asObject(value)?.['parts'] ?? [value])
  const texts = parts.map((part) =>
    typeof part === 'string' ? part : asString(asObject(part)?.['text']),
  )
  const content = texts
    .filter((text) => text !== undefined && text !== '')
    .map((text) => ({ type: 'text' as const, text: text ?? '' }))
  return content.length === 0 ? [] : [{ role: 'system', author: 'system', content }]
}

/** A list of turns. Google's JSON also takes one message where a list of them stands; SDKs make turns of bare texts themselves. */
function decodeContents(value: JsonValue | undefined): readonly Turn[] {
  const list = Array.isArray(value) ? value : isJsonObject(value) ? [value] : []
  if (list.length === 0)
    throw wrongField('contents', 'a list of at least one content', value ?? undefined)
  const book = createCallBook()
  return list.flatMap((entry, index) =>
    decodeContent(requireObject(entry, `contents[${index}]`), `contents[${index}].`, book),
  )
}

function decodeContent(content: JsonObject, at: string, book: CallBook): readonly Turn[] {
  const role = optionalString(content, 'role', at) ?? 'user'
  const only = content['parts']
  const parts = isJsonObject(only) ? [only] : (optionalArray(content, 'parts', at) ?? [])
  const { content: said, results } = decodeParts(parts, `${at}parts`, book)
  if (role === 'model') return [{ role: 'assistant', content: said }]
  if (role === 'system') return [{ role: 'system', author: 'system', content: said }]
  if (role !== 'user' && role !== 'function' && role !== 'tool')
    throw wrongField(`${at}role`, 'user or model', role)
  const turns: Turn[] = []
  if (results.length > 0) turns.push({ role: 'tool', content: results })
  if (said.length > 0 || results.length === 0) turns.push({ role: 'user', content: said })
  return turns
}

function decodeFormat(config: JsonObject): ResponseFormat | undefined {
  const type = optionalString(config, 'responseMimeType', 'generationConfig.')
  const schema = asObject(config['responseJsonSchema']) ?? asObject(config['responseSchema'])
  if (schema !== undefined && type !== 'text/plain')
    return { kind: 'json-schema', schema: jsonSchemaFromGemini(schema) }
  return type === 'application/json' ? { kind: 'json-object' } : undefined
}

/** A budget of 0 is off, -1 leaves it to the model. */
function decodeReasoning(config: JsonObject): Reasoning | undefined {
  const value = asObject(config['thinkingConfig'])
  if (value === undefined) return undefined
  const thinking = camelCased(value)
  const at = 'generationConfig.thinkingConfig.'
  const budget = optionalInteger(thinking, 'thinkingBudget', at)
  const level = optionalString(thinking, 'thinkingLevel', at)?.toLowerCase()
  const effort = level === 'thinking_level_unspecified' ? undefined : level
  if (budget === 0) return { disabled: true }
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(budget !== undefined && budget > 0 ? { budgetTokens: budget } : {}),
    ...(optionalBoolean(thinking, 'includeThoughts', at) ? { summary: 'auto' } : {}),
  }
}
