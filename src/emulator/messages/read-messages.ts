import { IMAGE_TOKENS } from '../accounting/count-tokens.ts'
import type { Segment } from '../accounting/prompt-cache.ts'
import { asArray, asNumber, asObject, asString } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { CatalogueModel } from '../catalogue/entry.ts'
import { objectsIn, textOf } from '../prompts/content.ts'
import type { AnswerFormat, Prompt, ToolChoice, ToolOffer, Turn } from '../prompts/prompt.ts'

/** Reads a Messages body into a prompt; it was validated before. */
export function promptFromMessages(body: JsonObject, model: CatalogueModel): Prompt {
  const messages = objectsIn(body['messages'])
  const inner = messages.filter((message) => message['role'] === 'system')
  const choice = asObject(body['tool_choice'])
  return {
    model: model.entry.id,
    system: [body['system'], ...inner.map((message) => message['content'])]
      .map(textOf)
      .join('\n\n'),
    turns: messages.filter((message) => message['role'] !== 'system').map(turnFrom),
    tools: objectsIn(body['tools']).flatMap(toolFrom),
    toolChoice: toolChoiceFrom(choice),
    parallelTools: choice?.['disable_parallel_tool_use'] !== true,
    format: formatFrom(body),
    thinks: ['enabled', 'adaptive'].includes(asString(asObject(body['thinking'])?.['type']) ?? ''),
    stop: asArray(body['stop_sequences']).filter((one) => typeof one === 'string'),
    maxTokens: outputLimit(body, model),
  }
}

function turnFrom(message: JsonObject): Turn {
  const blocks = objectsIn(message['content'])
  const texts = blocks.filter((block) => block['type'] === 'text')
  return {
    role: message['role'] === 'assistant' ? 'assistant' : 'user',
    text: asString(message['content']) ?? textOf(texts),
    calls: blocks
      .filter((block) => block['type'] === 'tool_use')
      .map((block) => asString(block['name']) ?? ''),
    results: blocks
      .filter((block) => block['type'] === 'tool_result')
      .map((block) => textOf(block['content'])),
  }
}

/** Tools the client runs though Anthropic defines them: their schemas are known to the model. */
const BUILT_IN: Readonly<Record<string, JsonObject>> = {
  bash: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
}

function toolFrom(tool: JsonObject): ToolOffer[] {
  const name = asString(tool['name'])
  if (name === undefined || asString(tool['type'])?.startsWith('tool_search_')) return []
  return [
    {
      name,
      kind: 'function',
      description: asString(tool['description']) ?? '',
      schema: asObject(tool['input_schema']) ?? BUILT_IN[name] ?? { type: 'object' },
    },
  ]
}

function toolChoiceFrom(choice: JsonObject | undefined): ToolChoice {
  switch (choice?.['type']) {
    case 'none':
      return { type: 'none' }
    case 'any':
      return { type: 'required' }
    case 'tool':
      return { type: 'named', name: asString(choice['name']) ?? '' }
    default:
      return { type: 'auto' }
  }
}

function formatFrom(body: JsonObject): AnswerFormat {
  const format = asObject(asObject(body['output_config'])?.['format'])
  if (format?.['type'] !== 'json_schema') return { type: 'text' }
  return { type: 'schema', schema: asObject(format['schema']) ?? {} }
}

function outputLimit(body: JsonObject, model: CatalogueModel): number | undefined {
  const asked = asNumber(body['max_tokens'])
  const whole = model.entry.capabilities.limits.max_non_streaming_output_tokens
  if (body['stream'] === true || whole === undefined || asked === undefined) return asked
  return Math.min(asked, whole)
}

/** What is counted and cached: the tools, then system and messages block by block. */
export function segmentsFromMessages(body: JsonObject): Segment[] {
  const tools = objectsIn(body['tools'])
  return [
    ...tools.map((tool) => ({ text: JSON.stringify(tool), mark: isMarked(tool) })),
    ...blocksOf('system', body['system']),
    ...objectsIn(body['messages']).flatMap((message) =>
      blocksOf(asString(message['role']) ?? '', message['content']),
    ),
  ]
}

function blocksOf(role: string, content: JsonValue | undefined): Segment[] {
  if (typeof content === 'string') return [{ text: `${role}:${content}` }]
  return objectsIn(content).map((block) => {
    const { cache_control: _mark, source, ...rest } = block
    const image = block['type'] === 'image'
    return {
      text: image ? `${role}:image` : `${role}:${blockText(rest, source)}`,
      extraTokens: image ? IMAGE_TOKENS : 0,
      mark: isMarked(block),
    }
  })
}

/** The words of a block alone, so that the count does not depend on how the JSON is spelled. */
function blockText(block: JsonObject, source: JsonValue | undefined): string {
  switch (block['type']) {
    case 'text':
      return asString(block['text']) ?? ''
    case 'thinking':
      return asString(block['thinking']) ?? ''
    case 'tool_use':
      return `${asString(block['name']) ?? ''}${JSON.stringify(block['input'] ?? {})}`
    case 'tool_result':
      return textOf(block['content'])
    case 'document':
      return asString(asObject(source)?.['data']) ?? ''
    default:
      return JSON.stringify(block)
  }
}

function isMarked(block: JsonObject): boolean {
  return asObject(block['cache_control']) !== undefined
}

/** The URLs of all images, those inside tool results too; base64 sources as data URIs. */
export function imagesInMessages(body: JsonObject): string[] {
  const found: string[] = []
  const look = (blocks: readonly JsonObject[]): void => {
    for (const block of blocks) {
      if (block['type'] === 'tool_result') look(objectsIn(block['content']))
      if (block['type'] !== 'image') continue
      const source = asObject(block['source'])
      const data = asString(source?.['data'])
      const type = asString(source?.['media_type']) ?? ''
      found.push(
        data === undefined ? (asString(source?.['url']) ?? '') : `data:${type};base64,${data}`,
      )
    }
  }
  for (const message of objectsIn(body['messages'])) look(objectsIn(message['content']))
  return found
}
