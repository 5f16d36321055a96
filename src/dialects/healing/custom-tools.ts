import type { Content, Conversation, Tool, Turn } from '../../core/conversation.ts'
import { asString, isJsonObject, type JsonObject, tryParseJson } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import type { Part } from '../../core/parts.ts'
import type { GenerateWire } from '../fidelity/table.ts'
import { takesOnlyFunctions } from './other-tools.ts'
import { qualifiedName } from './qualified-name.ts'
import type { Restorer } from './restorer.ts'
import type { Step } from './tool-pairs.ts'

export interface CustomStep extends Step {
  readonly restore?: Restorer
}

const INPUT: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The raw text of the input.' } },
  required: ['input'],
}

/**
 * Custom tools take raw text. Where the wire, or the vendor behind it, has only functions, they become a function with one
 * text, and the model's calls become custom calls again.
 */
export function healCustomTools(
  conversation: Conversation,
  wire: GenerateWire,
  model: Model,
  onlyFunctions = takesOnlyFunctions(wire, model),
): CustomStep {
  const names = new Set<string>()
  for (const tool of conversation.tools) if (tool.kind === 'custom') names.add(qualifiedName(tool))
  if (names.size === 0 || !onlyFunctions) return { conversation, changed: [] }
  return {
    conversation: {
      ...conversation,
      tools: conversation.tools.map(asFunction),
      turns: conversation.turns.map(withoutCustom),
    },
    changed: ['custom_tools'],
    restore: createRestorer(names),
  }
}

/** The description says what the grammar would have held the model to. */
function asFunction(tool: Tool): Tool {
  if (tool.kind !== 'custom') return tool
  const { name, namespace, description, format } = tool
  const grammar = asString(format?.['definition'])
  const rule = `The input follows this ${asString(format?.['syntax']) ?? ''} grammar:\n${grammar ?? ''}`
  const text = [description, grammar === undefined ? undefined : rule].filter(Boolean).join('\n\n')
  return {
    kind: 'function',
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(text === '' ? {} : { description: text }),
    parameters: INPUT,
  }
}

function withoutCustom(turn: Turn): Turn {
  if (turn.role === 'tool') {
    return { role: 'tool', content: turn.content.map(({ custom: _, ...result }) => result) }
  }
  return turn.role === 'assistant' ? { role: 'assistant', content: turn.content.map(asJson) } : turn
}

function asJson(content: Content): Content {
  if (content.type !== 'tool-call' || content.input.kind !== 'text') return content
  const text = JSON.stringify({ input: content.input.text })
  return { ...content, input: { kind: 'json', text } }
}

/** The raw text of a custom tool that was called as a function with one text. */
export function customInput(input: {
  readonly kind: 'json' | 'text'
  readonly text: string
}): string {
  if (input.kind === 'text') return input.text
  const parsed = tryParseJson(input.text)
  return (isJsonObject(parsed) ? asString(parsed['input']) : asString(parsed)) ?? input.text
}

/** Raw text cannot be unwrapped piece by piece, so it waits for the end of the call. */
function createRestorer(names: ReadonlySet<string>): Restorer {
  const open = new Map<number, string[]>()
  const part = (value: Part): readonly Part[] => {
    if (value.type === 'tool-start' && value.kind === 'json' && names.has(qualifiedName(value))) {
      open.set(value.index, [])
      return [{ ...value, kind: 'text' }]
    }
    const held =
      value.type === 'tool-delta' || value.type === 'tool-end' ? open.get(value.index) : undefined
    if (!held) return [value]
    if (value.type === 'tool-delta') held.push(value.text)
    if (value.type !== 'tool-end') return []
    open.delete(value.index)
    const text = customInput({ kind: 'json', text: value.text ?? held.join('') })
    return [
      { type: 'tool-delta', index: value.index, text },
      { ...value, text },
    ]
  }
  return {
    part,
    answer: (answer) => ({
      ...answer,
      content: answer.content.map((piece): Content => {
        if (piece.type !== 'tool-call' || !names.has(qualifiedName(piece))) return piece
        return Object.assign({}, piece, { input: { kind: 'text', text: customInput(piece.input) } })
      }),
    }),
  }
}
