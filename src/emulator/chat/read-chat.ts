import { IMAGE_TOKENS } from '../accounting/count-tokens.ts'
import type { Segment } from '../accounting/prompt-cache.ts'
import { asArray, asNumber, asObject, asString } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { CatalogueModel } from '../catalogue/entry.ts'
import { objectsIn, textOf } from '../prompts/content.ts'
import type { AnswerFormat, Prompt, ToolChoice, ToolOffer, Turn } from '../prompts/prompt.ts'

export function messagesOf(body: JsonObject): JsonObject[] {
  return objectsIn(body['messages'])
}

/** Reads a chat body into a prompt; it was validated before. */
export function promptFromChat(body: JsonObject, model: CatalogueModel): Prompt {
  const messages = messagesOf(body)
  const isSystem = (message: JsonObject): boolean =>
    message['role'] === 'system' || message['role'] === 'developer'
  return {
    model: model.entry.id,
    system: messages
      .filter(isSystem)
      .map((message) => textOf(message['content']))
      .join('\n\n'),
    turns: turnsFrom(messages.filter((message) => !isSystem(message))),
    tools: asArray(body['tools']).flatMap((tool) => toolFrom(asObject(tool))),
    toolChoice: toolChoiceFrom(body['tool_choice']),
    parallelTools: body['parallel_tool_calls'] !== false,
    format: formatFrom(asObject(body['response_format']), model),
    thinks: thinksOnChat(body, model),
    stop:
      typeof body['stop'] === 'string'
        ? [body['stop']]
        : asArray(body['stop']).filter((one) => typeof one === 'string'),
    maxTokens: outputLimit(body, model),
  }
}

function turnsFrom(messages: readonly JsonObject[]): Turn[] {
  return messages.map((message) => {
    const text = textOf(message['content'])
    const toolish = message['role'] === 'tool' || message['role'] === 'function'
    return {
      role: message['role'] === 'assistant' ? 'assistant' : 'user',
      text: toolish ? '' : text,
      calls: asArray(message['tool_calls']).map(
        (call) => asString(asObject(asObject(call)?.['function'])?.['name']) ?? '',
      ),
      results: toolish ? [text] : [],
    }
  })
}

function toolFrom(tool: JsonObject | undefined): ToolOffer[] {
  const kind = tool?.['type'] === 'custom' ? 'custom' : 'function'
  const details = asObject(tool?.[kind])
  const name = asString(details?.['name'])
  if (!details || name === undefined) return []
  return [
    {
      name,
      kind,
      description: asString(details['description']) ?? '',
      schema: asObject(details['parameters']) ?? {},
    },
  ]
}

function toolChoiceFrom(choice: JsonValue | undefined): ToolChoice {
  if (choice === 'none' || choice === 'required') return { type: choice }
  const object = asObject(choice)
  const named = asObject(object?.['function']) ?? asObject(object?.['custom'])
  const name = asString(named?.['name'])
  return name === undefined ? { type: 'auto' } : { type: 'named', name }
}

function formatFrom(format: JsonObject | undefined, model: CatalogueModel): AnswerFormat {
  // Claude ignores a schema on this wire without a word.
  if (model.traits.manner === 'claude') return { type: 'text' }
  if (format?.['type'] === 'json_object') return { type: 'json' }
  if (format?.['type'] !== 'json_schema') return { type: 'text' }
  return { type: 'schema', schema: asObject(asObject(format['json_schema'])?.['schema']) ?? {} }
}

function thinksOnChat(body: JsonObject, model: CatalogueModel): boolean {
  const { reasoning_effort: efforts, max_thinking_budget: budget } =
    model.entry.capabilities.supports
  const effort = asString(body['reasoning_effort'])
  if (effort !== undefined && effort !== 'none' && efforts !== undefined) return true
  return budget !== undefined && (asNumber(body['thinking_budget']) ?? 0) > 0
}

/** The smallest of what the client asked for and what the model gives. */
function outputLimit(body: JsonObject, model: CatalogueModel): number | undefined {
  const { limits } = model.entry.capabilities
  const whole = body['stream'] === true ? undefined : limits.max_non_streaming_output_tokens
  const asked = asNumber(body['max_completion_tokens']) ?? asNumber(body['max_tokens'])
  const known = [asked, limits.max_output_tokens, whole].filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

/** What is counted and cached: the tools, then each message. */
export function segmentsFromChat(body: JsonObject): Segment[] {
  const segments: Segment[] = []
  if (body['tools'] !== undefined) segments.push({ text: JSON.stringify(body['tools']) })
  for (const message of messagesOf(body)) {
    const images = imagesOf(message)
    segments.push({
      text: `${asString(message['role']) ?? ''}:${segmentText(message)}`,
      extraTokens: images.length * IMAGE_TOKENS,
      mark: message['copilot_cache_control'] !== undefined,
    })
  }
  return segments
}

function segmentText(message: JsonObject): string {
  const calls = message['tool_calls']
  return textOf(message['content']) + (calls === undefined ? '' : JSON.stringify(calls))
}

/** The URLs of a message's images. */
export function imagesOf(message: JsonObject): string[] {
  return objectsIn(message['content']).flatMap((part) => {
    if (part['type'] !== 'image_url') return []
    const image = part['image_url']
    return asString(image) ?? asString(asObject(image)?.['url']) ?? ''
  })
}
