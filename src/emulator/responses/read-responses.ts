import { IMAGE_TOKENS } from '../accounting/count-tokens.ts'
import type { Segment } from '../accounting/prompt-cache.ts'
import { asNumber, asObject, asString } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { CatalogueModel } from '../catalogue/entry.ts'
import { objectsIn, textOf } from '../prompts/content.ts'
import type { AnswerFormat, Prompt, ToolChoice, ToolOffer, Turn } from '../prompts/prompt.ts'

/** The input as items; a bare string is one user message. */
export function inputItems(body: JsonObject): JsonObject[] {
  const { input } = body
  return typeof input === 'string'
    ? [{ type: 'message', role: 'user', content: input }]
    : objectsIn(input)
}

export function itemType(item: JsonObject): string {
  return asString(item['type']) ?? (item['role'] === undefined ? '' : 'message')
}

/** Reads a Responses body into a prompt; `items` is the whole conversation, what a connection kept included. */
export function promptFromResponses(
  body: JsonObject,
  items: readonly JsonObject[],
  model: CatalogueModel,
): Prompt {
  const isSystem = (item: JsonObject): boolean =>
    item['role'] === 'system' || item['role'] === 'developer'
  const spoken = items.filter((item) => isSystem(item) && itemType(item) === 'message')
  const late = items.filter((item) => itemType(item) === 'additional_tools')
  const { limits } = model.entry.capabilities
  const asked = asNumber(body['max_output_tokens'])
  const known = [asked, limits.max_output_tokens].filter((value) => value !== undefined)
  return {
    model: model.entry.id,
    system: [body['instructions'], ...spoken.map((item) => item['content'])]
      .map(textOf)
      .join('\n\n'),
    turns: turnsFrom(items.filter((item) => !isSystem(item))),
    tools: [body['tools'], ...late.map((item) => item['tools'])].flatMap(toolsFrom),
    toolChoice: toolChoiceFrom(body['tool_choice']),
    parallelTools: body['parallel_tool_calls'] !== false,
    format: formatFrom(asObject(asObject(body['text'])?.['format'])),
    thinks: thinksOnResponses(body, model),
    stop: [],
    maxTokens: known.length === 0 ? undefined : Math.min(...known),
  }
}

function turnsFrom(items: readonly JsonObject[]): Turn[] {
  const turns: Turn[] = []
  for (const item of items) {
    switch (itemType(item)) {
      case 'message': {
        const assistant = item['role'] === 'assistant'
        const text = textOf(item['content'])
        turns.push({ role: assistant ? 'assistant' : 'user', text, calls: [], results: [] })
        break
      }
      case 'function_call':
      case 'custom_tool_call':
      case 'local_shell_call': {
        const name = asString(item['name']) ?? 'local_shell'
        const last = turns.at(-1)
        // Parallel calls are items of their own, but one turn.
        if (last?.role === 'assistant' && last.calls.length > 0) {
          turns[turns.length - 1] = { ...last, calls: [...last.calls, name] }
        } else turns.push({ role: 'assistant', text: '', calls: [name], results: [] })
        break
      }
      case 'function_call_output':
      case 'custom_tool_call_output':
      case 'local_shell_call_output':
        turns.push({ role: 'user', text: '', calls: [], results: [textOf(item['output'])] })
        break
      default:
        break
    }
  }
  return turns
}

function toolsFrom(tools: JsonValue | undefined): ToolOffer[] {
  return objectsIn(tools).flatMap((tool) => {
    const name = asString(tool['name'])
    if (name === undefined) return []
    if (tool['type'] === 'namespace') {
      return toolsFrom(tool['tools']).map((inner) => Object.assign(inner, { namespace: name }))
    }
    if (tool['type'] !== 'function' && tool['type'] !== 'custom') return []
    const offer: ToolOffer = {
      name,
      kind: tool['type'],
      description: asString(tool['description']) ?? '',
      schema: asObject(tool['parameters']) ?? {},
    }
    return [offer]
  })
}

function toolChoiceFrom(choice: JsonValue | undefined): ToolChoice {
  if (choice === 'none' || choice === 'required') return { type: choice }
  const name = asString(asObject(choice)?.['name'])
  return name === undefined ? { type: 'auto' } : { type: 'named', name }
}

function formatFrom(format: JsonObject | undefined): AnswerFormat {
  if (format?.['type'] === 'json_object') return { type: 'json' }
  if (format?.['type'] !== 'json_schema') return { type: 'text' }
  return { type: 'schema', schema: asObject(format['schema']) ?? {} }
}

function thinksOnResponses(body: JsonObject, model: CatalogueModel): boolean {
  const efforts = model.entry.capabilities.supports.reasoning_effort
  const reasoning = asObject(body['reasoning'])
  if (efforts === undefined || reasoning === undefined) return false
  return asString(reasoning['effort']) !== 'none'
}

/** What is counted and cached: tools, instructions, then each item. */
export function segmentsFromResponses(body: JsonObject, items: readonly JsonObject[]): Segment[] {
  const segments: Segment[] = []
  if (body['tools'] !== undefined) segments.push({ text: JSON.stringify(body['tools']) })
  const instructions = asString(body['instructions'])
  if (instructions !== undefined) segments.push({ text: instructions })
  for (const item of items) {
    const images = imagesInItem(item).length
    segments.push({ text: itemText(item), extraTokens: images * IMAGE_TOKENS })
  }
  return segments
}

/** The words of an item, without ids: those change from event to event. */
function itemText(item: JsonObject): string {
  switch (itemType(item)) {
    case 'message':
      return `${asString(item['role']) ?? ''}:${textOf(item['content'])}`
    case 'function_call':
      return `call:${asString(item['name']) ?? ''}${asString(item['arguments']) ?? ''}`
    case 'custom_tool_call':
      return `call:${asString(item['name']) ?? ''}${asString(item['input']) ?? ''}`
    case 'function_call_output':
    case 'custom_tool_call_output':
      return `result:${textOf(item['output'])}`
    case 'reasoning':
      return `reasoning:${textOf(item['summary'])}`
    default:
      return JSON.stringify({ ...item, id: undefined })
  }
}

/** The URLs of an item's images, those of a tool's output too. */
export function imagesInItem(item: JsonObject): string[] {
  return [...objectsIn(item['content']), ...objectsIn(item['output'])].flatMap((part) =>
    part['type'] === 'input_image' ? [asString(part['image_url']) ?? ''] : [],
  )
}
