import type {
  Content,
  Conversation,
  Reasoning,
  ResponseFormat,
  Tool,
  ToolResult,
  Turn,
} from '../../core/conversation.ts'
import { BadRequestError } from '../../core/errors.ts'
import { asObject, asString, type JsonObject, type JsonValue } from '../../core/json.ts'
import {
  optionalArray,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  refusedField,
  requireObject,
  wrongField,
} from '../fields/read-fields.ts'
import { decodeContent } from './decode-content.ts'
import { decodeResultItem, decodeSpokenItem } from './decode-item.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { HUB_FIELDS } from './known-fields.ts'
import type { ResponsesRequest } from './types.ts'

export function decodeRequest(body: JsonObject): Conversation {
  refuseStored(body)
  const request = body as ResponsesRequest
  const instructions = optionalString(body, 'instructions')
  const { turns, tools } = decodeInput(request.input)
  const include = optionalArray(body, 'include') ?? []
  const text = optionalObject(body, 'text')
  return {
    model: optionalString(body, 'model') ?? '',
    turns: instructions
      ? [systemTurn('system', [{ type: 'text', text: instructions }]), ...turns]
      : turns,
    tools: [...decodeTools(body), ...tools],
    toolChoice: decodeToolChoice(request.tool_choice),
    parallelToolCalls: optionalBoolean(body, 'parallel_tool_calls'),
    maxOutputTokens: optionalInteger(body, 'max_output_tokens'),
    temperature: optionalNumber(body, 'temperature'),
    topP: optionalNumber(body, 'top_p'),
    logprobs: include.includes(LOGPROBS)
      ? { top: optionalInteger(body, 'top_logprobs') }
      : undefined,
    responseFormat: decodeFormat(text),
    reasoning: decodeReasoning(body, include.includes(SEALED)),
    verbosity: text && optionalString(text, 'verbosity', 'text.'),
    user: optionalString(body, 'user') ?? optionalString(body, 'safety_identifier'),
    metadata: optionalObject(body, 'metadata'),
    cacheKey: optionalString(body, 'prompt_cache_key'),
    stream: optionalBoolean(body, 'stream') ?? false,
    includeUsage: true,
    extras: extrasOf(body, include),
  }
}

const LOGPROBS = 'message.output_text.logprobs'
const SEALED = 'reasoning.encrypted_content'

/** What lives on a server. The gateway resolves what its own store holds before a request gets here. */
function refuseStored(body: JsonObject): void {
  const previous = optionalString(body, 'previous_response_id')
  if (previous !== undefined) {
    throw new BadRequestError(
      'The response that `previous_response_id` names is not known here: send the whole conversation in `input`.',
      { code: 'previous_response_not_found', param: 'previous_response_id' },
    )
  }
  for (const [field, instead] of [
    ['conversation', 'send the conversation in `input`'],
    ['prompt', 'send its text in `instructions`'],
  ] as const) {
    if (body[field] !== undefined && body[field] !== null) {
      throw refusedField(field, `\`${field}\` names something stored at OpenAI: ${instead}.`)
    }
  }
  if (optionalBoolean(body, 'background')) {
    throw refusedField(
      'background',
      '`background` is not served: wait for the answer, or stream it.',
    )
  }
}

interface DecodedInput {
  readonly turns: readonly Turn[]
  /** Newer clients send tools as an item. */
  readonly tools: readonly Tool[]
}

/** Items as turns: what the model said in a row is one turn, results in a row are one. */
function decodeInput(input: JsonValue | undefined): DecodedInput {
  if (typeof input === 'string') {
    return { turns: [{ role: 'user', content: [{ type: 'text', text: input }] }], tools: [] }
  }
  if (!Array.isArray(input)) throw wrongField('input', 'a string or a list of items', input)
  const turns: Turn[] = []
  const tools: Tool[] = []
  let spoken: Content[] | undefined
  let results: ToolResult[] | undefined

  const speak = (content: readonly Content[]): void => {
    if (!spoken) turns.push({ role: 'assistant', content: (spoken = []) })
    spoken.push(...content)
    results = undefined
  }
  for (const [index, value] of input.entries()) {
    const at = `input[${index}]`
    const item = requireObject(value, at)
    const type = item['type'] ?? 'message'
    const result = decodeResultItem(item, at)
    if (result) {
      if (!results) turns.push({ role: 'tool', content: (results = []) })
      results.push(result)
      spoken = undefined
    } else if (type === 'additional_tools') tools.push(...decodeTools(item, `${at}.`))
    else if (type === 'item_reference') {
      throw refusedField(
        `${at}.id`,
        'An `item_reference` names something stored elsewhere: send the item itself.',
      )
    } else if (type === 'message' && item['role'] !== 'assistant') {
      turns.push(decodeMessage(item, at))
      spoken = undefined
      results = undefined
    } else speak(decodeSpokenItem(item, at))
  }
  return { turns, tools }
}

function decodeMessage(item: JsonObject, at: string): Turn {
  const { role } = item
  const content = decodeContent(item['content'], `${at}.content`)
  if (role === 'user') return { role, content }
  if (role === 'system' || role === 'developer') return systemTurn(role, content)
  throw wrongField(`${at}.role`, 'user, assistant, system or developer', role)
}

function systemTurn(author: 'system' | 'developer', content: readonly Content[]): Turn {
  return { role: 'system', author, content }
}

function decodeReasoning(body: JsonObject, includeSealed: boolean): Reasoning | undefined {
  const reasoning = optionalObject(body, 'reasoning')
  const effort = reasoning && optionalString(reasoning, 'effort', 'reasoning.')
  const summary = asString(reasoning?.['summary']) ?? asString(reasoning?.['generate_summary'])
  if (effort === undefined && summary === undefined && !includeSealed) return undefined
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(summary === undefined ? {} : { summary }),
    ...(includeSealed ? { includeSealed } : {}),
  }
}

function decodeFormat(text: JsonObject | undefined): ResponseFormat | undefined {
  const format = text && optionalObject(text, 'format', 'text.')
  if (!format) return undefined
  switch (format['type']) {
    case 'text':
      return { kind: 'text' }
    case 'json_object':
      return { kind: 'json-object' }
    case 'json_schema': {
      const name = asString(format['name'])
      const description = asString(format['description'])
      const strict = optionalBoolean(format, 'strict', 'text.format.')
      return {
        kind: 'json-schema',
        schema: requireObject(format['schema'], 'text.format.schema'),
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        ...(strict === undefined ? {} : { strict }),
      }
    }
    default:
      throw wrongField('text.format.type', 'text, json_object or json_schema', format['type'])
  }
}

function extrasOf(body: JsonObject, include: readonly JsonValue[]): Conversation['extras'] {
  const extras: { name: string; value: JsonValue }[] = []
  for (const name in body) {
    const value = body[name]
    if (value === undefined || value === null || HUB_FIELDS.has(name)) continue
    // `disabled` is what holds without it.
    if (name === 'truncation' && value === 'disabled') continue
    extras.push({ name, value })
  }
  for (const what of include) {
    if (typeof what !== 'string' || what === LOGPROBS || what === SEALED) continue
    extras.push({ name: `include.${what}`, value: true })
  }
  const context = asObject(body['reasoning'])?.['context']
  if (context !== undefined && context !== null) {
    extras.push({ name: 'reasoning.context', value: context })
  }
  return extras
}
