import type {
  Content,
  Conversation,
  Reasoning,
  ResponseFormat,
  ToolResult,
  Turn,
} from '../../core/conversation.ts'
import { asNumber, asObject, asString, type JsonObject, type JsonValue } from '../../core/json.ts'
import {
  listOfStrings,
  optionalArray,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  requiredArray,
  requireObject,
  wrongField,
} from '../fields/read-fields.ts'
import { fitsStrictMode } from '../healing/strict-schema.ts'
import { isBillingHeader } from './billing-header.ts'
import { decodeRequestBlock } from './decode-content.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import type { MessagesRequest } from './types.ts'

/** Budgets below this are refused by the wire, and some clients send them to mean off. */
const SMALLEST_BUDGET = 1024

export function decodeRequest(body: JsonObject): Conversation {
  const request = body as MessagesRequest
  const { choice, parallel } = decodeToolChoice(optionalObject(body, 'tool_choice'))
  const { system, dropped } = decodeSystem(request.system)
  const { tools, lost } = decodeTools(optionalArray(body, 'tools') ?? [])
  const user = asString(optionalObject(body, 'metadata')?.['user_id'])
  const reasoning = decodeReasoning(body)
  const responseFormat = decodeFormat(body)
  const stop = listOfStrings(body, 'stop_sequences')
  return {
    model: optionalString(body, 'model') ?? '',
    turns: [...system, ...decodeMessages(requiredArray(body, 'messages'))],
    tools,
    ...(choice ? { toolChoice: choice } : {}),
    ...(parallel === undefined ? {} : { parallelToolCalls: parallel }),
    ...numbers(body),
    ...(stop === undefined ? {} : { stop, namesStop: true }),
    ...(responseFormat ? { responseFormat } : {}),
    ...(reasoning ? { reasoning } : {}),
    ...(user === undefined ? {} : { user }),
    stream: optionalBoolean(body, 'stream') ?? false,
    includeUsage: true,
    extras: [...extrasOf(body), ...[...dropped, ...lost].map((name) => ({ name, value: true }))],
  }
}

function numbers(body: JsonObject): Partial<Conversation> {
  const maxOutputTokens = optionalInteger(body, 'max_tokens')
  const temperature = optionalNumber(body, 'temperature')
  const topP = optionalNumber(body, 'top_p')
  const topK = optionalNumber(body, 'top_k')
  return {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
  }
}

/** The attribution line means nothing to another model; its name says that it went. */
function decodeSystem(system: JsonValue | undefined): {
  readonly system: readonly Turn[]
  readonly dropped: readonly string[]
} {
  const blocks = decodeContent(system ?? [], () => 'system')
  const content = blocks.filter((block) => block.type !== 'text' || !isBillingHeader(block.text))
  return {
    system: content.length > 0 ? [{ role: 'system', author: 'system', content }] : [],
    dropped: content.length < blocks.length ? ['system.billing_header'] : [],
  }
}

function decodeMessages(messages: readonly JsonValue[]): Turn[] {
  return messages.flatMap((message, index) => {
    const { role, content: blocks } = requireObject(message, `messages[${index}]`)
    const content = decodeContent(blocks, () => `messages[${index}].content`)
    switch (role) {
      case 'user':
        return userTurns(content)
      case 'assistant':
        return [{ role: 'assistant', content } satisfies Turn]
      // Claude Code sends these between the others.
      case 'system':
        return [{ role: 'system', author: 'system', content } satisfies Turn]
      default:
        throw wrongField(`messages[${index}].role`, '"user", "assistant" or "system"', role)
    }
  })
}

function decodeContent(content: JsonValue | undefined, where: () => string): Content[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw wrongField(where(), 'a string or a list of blocks', content)
  return content.map((block, index) => decodeRequestBlock(block, () => `${where()}[${index}]`))
}

/** Results answer the assistant turn before them, so they come first whatever their place in the message. */
function userTurns(content: readonly Content[]): Turn[] {
  const isResult = (block: Content): block is ToolResult => block.type === 'tool-result'
  if (!content.some(isResult)) return [{ role: 'user', content }]
  const rest = content.filter((block) => !isResult(block))
  const results: Turn = { role: 'tool', content: content.filter(isResult) }
  return rest.length > 0 ? [results, { role: 'user', content: rest }] : [results]
}

function decodeReasoning(body: JsonObject): Reasoning | undefined {
  const effort = asString(optionalObject(body, 'output_config')?.['effort'])
  const mode = optionalObject(body, 'thinking')
  const base = effort === undefined ? {} : { effort }
  const budgetTokens = asNumber(mode?.['budget_tokens'])
  const off = mode?.['type'] === 'disabled' || (budgetTokens ?? SMALLEST_BUDGET) < SMALLEST_BUDGET
  if (off) return { ...base, disabled: true }
  const shown = mode?.['display'] === 'omitted' ? {} : { summary: 'auto' }
  if (mode?.['type'] === 'adaptive') {
    return { ...base, adaptive: true, ...shown, includeSealed: true }
  }
  if (mode?.['type'] === 'enabled') {
    const budget = budgetTokens === undefined ? {} : { budgetTokens }
    return { ...base, ...budget, ...shown, includeSealed: true }
  }
  return effort === undefined ? undefined : base
}

function decodeFormat(body: JsonObject): ResponseFormat | undefined {
  const format = asObject(
    optionalObject(body, 'output_config')?.['format'] ?? body['output_format'],
  )
  const schema = asObject(format?.['schema'])
  return format?.['type'] === 'json_schema' && schema
    ? { kind: 'json-schema', schema, strict: fitsStrictMode(schema) }
    : undefined
}

const KNOWN: ReadonlySet<string> = new Set<keyof MessagesRequest>([
  'model',
  'max_tokens',
  'messages',
  'system',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
])

function extrasOf(body: JsonObject): Conversation['extras'] {
  const extras: { name: string; value: JsonValue }[] = []
  for (const name in body) {
    const value = body[name]
    if (!KNOWN.has(name) && value !== undefined && value !== null) extras.push({ name, value })
  }
  for (const key of Object.keys(asObject(body['metadata']) ?? {})) {
    if (key !== 'user_id') extras.push({ name: `metadata.${key}`, value: true })
  }
  return extras
}
