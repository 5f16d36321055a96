import type {
  Conversation,
  Reasoning,
  ResponseFormat,
  ToolResult,
  Turn,
} from '../../core/conversation.ts'
import { asNumber, asObject, isJsonObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import {
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  requiredArray,
  requiredString,
  requireObject,
  stringOrList,
  wrongField,
} from '../fields/read-fields.ts'
import { cacheHint, decodeContent } from './decode-content.ts'
import { decodeAssistant, legacyCallId } from './decode-message.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { HUB_FIELDS } from './known-fields.ts'

export function decodeRequest(body: JsonObject): Conversation {
  const messages = requiredArray(body, 'messages')
  if (messages.length === 0)
    throw wrongField('messages', 'a list of at least one message', messages)
  return {
    model: optionalString(body, 'model') ?? '',
    turns: decodeMessages(messages),
    tools: decodeTools(body),
    toolChoice: decodeToolChoice(body),
    parallelToolCalls: optionalBoolean(body, 'parallel_tool_calls'),
    maxOutputTokens:
      optionalInteger(body, 'max_completion_tokens') ?? optionalInteger(body, 'max_tokens'),
    temperature: optionalNumber(body, 'temperature'),
    topP: optionalNumber(body, 'top_p'),
    topK: optionalNumber(body, 'top_k'),
    frequencyPenalty: optionalNumber(body, 'frequency_penalty'),
    presencePenalty: optionalNumber(body, 'presence_penalty'),
    seed: optionalInteger(body, 'seed'),
    stop: stringOrList(body, 'stop'),
    candidates: optionalInteger(body, 'n'),
    logprobs: optionalBoolean(body, 'logprobs')
      ? { top: optionalInteger(body, 'top_logprobs') }
      : undefined,
    responseFormat: decodeFormat(body),
    reasoning: decodeReasoning(body),
    verbosity: optionalString(body, 'verbosity'),
    user: optionalString(body, 'user'),
    metadata: optionalObject(body, 'metadata'),
    cacheKey: optionalString(body, 'prompt_cache_key'),
    stream: optionalBoolean(body, 'stream') ?? false,
    includeUsage:
      optionalBoolean(
        optionalObject(body, 'stream_options') ?? {},
        'include_usage',
        'stream_options.',
      ) ?? false,
    extras: Object.entries(body).flatMap(([name, value]) =>
      HUB_FIELDS.has(name) || value === undefined || value === null ? [] : [{ name, value }],
    ),
  }
}

function decodeMessages(messages: readonly unknown[]): readonly Turn[] {
  const turns: Turn[] = []
  const names = new Map<string, string>()
  let results: ToolResult[] | undefined
  for (const [index, value] of messages.entries()) {
    const plain = plainTurn(value)
    if (plain !== undefined) {
      results = undefined
      turns.push(plain)
      continue
    }
    const at = `messages[${index}].`
    const message = requireObject(value as JsonObject, `messages[${index}]`)
    const role = requiredString(message, 'role', at)
    if (role === 'tool' || role === 'function') {
      const result = decodeResult(message, at, names)
      if (results === undefined) {
        results = []
        turns.push({ role: 'tool', content: results })
      }
      results.push(result)
      continue
    }
    results = undefined
    if (role === 'system' || role === 'developer')
      turns.push({ role: 'system', author: role, content: decodeContent(message, at) })
    else if (role === 'user') turns.push({ role, content: decodeContent(message, at) })
    else if (role === 'assistant') {
      const content = decodeAssistant(message, at)
      for (const entry of content) if (entry.type === 'tool-call') names.set(entry.id, entry.name)
      turns.push({ role, content })
    } else {
      const expected = 'system, developer, user, assistant, tool or function'
      throw wrongField(`${at}role`, expected, role)
    }
  }
  return turns
}

/** Most messages are a role and a text; for them no path of a field is made and nothing is looked for. */
function plainTurn(value: unknown): Turn | undefined {
  if (!isJsonObject(value)) return undefined
  for (const name in value) if (name !== 'role' && name !== 'content') return undefined
  const { content, role } = value
  if (typeof content !== 'string' || content === '') return undefined
  const said = [{ type: 'text' as const, text: content }]
  if (role === 'user' || role === 'assistant') return { role, content: said }
  if (role === 'system') return { role, author: role, content: said }
  return undefined
}

function decodeResult(
  message: JsonObject,
  at: string,
  names: ReadonlyMap<string, string>,
): ToolResult {
  const legacy = message['role'] === 'function'
  const id = legacy
    ? legacyCallId(requiredString(message, 'name', at))
    : requiredString(message, 'tool_call_id', at)
  const name = names.get(id) ?? optionalString(message, 'name', at)
  const cache = cacheHint(message)
  return {
    type: 'tool-result',
    id,
    ...(name === undefined ? {} : { name }),
    content: decodeContent(message, at).filter(
      (entry) => entry.type === 'text' || entry.type === 'image' || entry.type === 'document',
    ),
    isError: false,
    ...(cache === undefined ? {} : { cache }),
  }
}

function decodeFormat(body: JsonObject): ResponseFormat | undefined {
  const format = optionalObject(body, 'response_format')
  if (format === undefined) return undefined
  const type = requiredString(format, 'type', 'response_format.')
  if (type === 'text') return { kind: 'text' }
  if (type === 'json_object') return { kind: 'json-object' }
  if (type !== 'json_schema')
    throw wrongField('response_format.type', 'text, json_object or json_schema', type)
  const at = 'response_format.json_schema.'
  const schema = requireObject(format['json_schema'], 'response_format.json_schema')
  return {
    kind: 'json-schema',
    name: optionalString(schema, 'name', at),
    description: optionalString(schema, 'description', at),
    schema: optionalObject(schema, 'schema', at) ?? {},
    strict: optionalBoolean(schema, 'strict', at),
  }
}

/** `thinking` is how LiteLLM's users ask on this wire, `thinking_budget` how VS Code asks Copilot. */
function decodeReasoning(body: JsonObject): Reasoning | undefined {
  const thinking = asObject(body['thinking'])
  const effort = optionalString(body, 'reasoning_effort')
  const budgetTokens =
    asNumber(thinking?.['budget_tokens']) ?? optionalInteger(body, 'thinking_budget')
  const disabled = thinking?.['type'] === 'disabled'
  const adaptive = thinking?.['type'] === 'adaptive'
  if (effort === undefined && budgetTokens === undefined && !disabled && !adaptive) return undefined
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    ...(disabled ? { disabled } : {}),
    ...(adaptive ? { adaptive } : {}),
  }
}
