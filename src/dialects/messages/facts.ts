import type { RequestFacts } from '../../core/dialect.ts'
import {
  asArray,
  asObject,
  asString,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../core/json.ts'
import { isBillingBlock } from './billing-header.ts'
import {
  listOfStrings,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  wrongField,
} from '../fields/read-fields.ts'
import { decodeToolChoice } from './decode-tools.ts'
import type { MessagesRequest } from './types.ts'

/** What agents add beside tool results, in the user's role but not in the user's words. */
const REMINDER = '<system-reminder>'

export function readFacts(body: JsonObject): RequestFacts {
  const request = body as MessagesRequest
  const { messages } = request
  if (!Array.isArray(messages) || messages.length === 0) {
    throw wrongField('messages', 'a list of at least one message', messages)
  }
  checkParameters(body)
  const maxOutputTokens = optionalInteger(body, 'max_tokens')
  return {
    model: optionalString(body, 'model') ?? '',
    stream: optionalBoolean(body, 'stream') ?? false,
    ...lastTurn(request, messages),
    hasImages: messages.some(hasImage),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  }
}

/**
 * What a request to generate must hold beside that. Told before anything is asked of an upstream, whether it would be passed on as
 * it is or translated for a model whose own wire does not insist on it.
 */
export function readGenerateFacts(body: JsonObject): RequestFacts {
  const facts = readFacts(body)
  if (facts.maxOutputTokens !== undefined) return facts
  throw wrongField('max_tokens', 'a whole number', undefined)
}

/** A few members, whatever the length of the conversation. */
function checkParameters(body: JsonObject): void {
  for (const name of ['temperature', 'top_p', 'top_k']) optionalNumber(body, name)
  listOfStrings(body, 'stop_sequences')
  decodeToolChoice(optionalObject(body, 'tool_choice'))
}

function lastTurn(
  request: MessagesRequest,
  messages: readonly JsonValue[],
): Pick<RequestFacts, 'lastTurn' | 'lastTurnReason'> {
  const side = sideCall(request)
  if (side !== undefined) return agent(side)
  // System messages stand between the others and are nobody's turn.
  const last = messages.findLast((message) => asObject(message)?.['role'] !== 'system')
  const content = asObject(last)?.['content']
  if (asObject(last)?.['role'] !== 'user') return agent('the last message is not the user’s')
  if (typeof content === 'string') return human()
  const blocks = asArray(content)
  const hasResults = blocks.some((block) => asObject(block)?.['type'] === 'tool_result')
  const spoken = blocks.some((block) => isSpoken(block, hasResults))
  return spoken ? human() : agent('the last message holds only tool results')
}

function human(): Pick<RequestFacts, 'lastTurn' | 'lastTurnReason'> {
  return { lastTurn: 'user', lastTurnReason: 'the last message is the user’s' }
}

function agent(lastTurnReason: string): Pick<RequestFacts, 'lastTurn' | 'lastTurnReason'> {
  return { lastTurn: 'agent', lastTurnReason }
}

/** Beside tool results a reminder is the agent's own; alone, the message is still the user's. */
function isSpoken(value: JsonValue, hasResults: boolean): boolean {
  const block = asObject(value)
  if (block?.['type'] === 'tool_result') return false
  return !hasResults || !(asString(block?.['text'])?.startsWith(REMINDER) ?? false)
}

/**
 * Calls that an agent makes beside the turn, as the shape of Claude Code's shows them: titles and other structured
 * questions without tools, a search on the model's behalf, counting by asking for one token.
 */
function sideCall(request: MessagesRequest): string | undefined {
  const tools = asArray(request.tools)
  if (tools.length === 1 && asObject(request.tool_choice)?.['type'] === 'tool') {
    const type = asString(asObject(tools[0])?.['type'])
    if (type?.startsWith('web_search')) return 'a search made by the agent'
  }
  if (!asArray(request.system).some(isBillingBlock)) return undefined
  if (request.max_tokens === 1) return 'a count of tokens made by the agent'
  return tools.length === 0 && asObject(request.output_config)?.['format'] !== undefined
    ? 'a title or another side question of the agent'
    : undefined
}

function hasImage(message: JsonValue): boolean {
  return isJsonObject(message) && asArray(message['content']).some(isImage)
}

function isImage(value: JsonValue): boolean {
  const block = asObject(value)
  if (block?.['type'] === 'image') return true
  return block?.['type'] === 'tool_result' && asArray(block['content']).some(isImageBlock)
}

function isImageBlock(value: JsonValue): boolean {
  return asObject(value)?.['type'] === 'image'
}
