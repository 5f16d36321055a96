import type {
  Content,
  ReasoningContent,
  ToolCall,
  ToolResult,
  Turn,
} from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { encodeInputParts, encodeOutput } from './encode-content.ts'

export interface EncodedInput {
  readonly instructions?: string
  readonly input: JsonObject[]
}

/** Longer ids are refused; the end is what differs. */
const LONGEST_CALL_ID = 64

/** Turns as items, none with an id: see `item-ids.ts`. System text in front of everything becomes `instructions`. */
export function encodeInput(turns: readonly Turn[]): EncodedInput {
  const input: JsonObject[] = []
  const customCalls = new Set<string>()
  const instructions: string[] = []
  for (const turn of turns) {
    switch (turn.role) {
      case 'system':
        if (turn.author === 'system' && input.length === 0) instructions.push(textOf(turn.content))
        else pushMessage(turn.author, turn.content, input)
        break
      case 'assistant':
        pushSpoken(turn.content, input, customCalls)
        break
      case 'tool':
        for (const result of turn.content) input.push(encodeResult(result, customCalls))
        break
      case 'user':
        for (const content of turn.content) {
          if (content.type === 'tool-result') input.push(encodeResult(content, customCalls))
        }
        pushMessage('user', turn.content, input)
    }
  }
  const text = instructions.filter((part) => part !== '').join('\n\n')
  if (text === '') return { input }
  // The wire wants an item; a conversation of nothing but instructions is the question then.
  return input.length > 0
    ? { instructions: text, input }
    : { input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }] }
}

function textOf(content: readonly Content[]): string {
  return content.flatMap((piece) => (piece.type === 'text' ? piece.text : [])).join('\n\n')
}

function pushMessage(role: string, contents: readonly Content[], input: JsonObject[]): void {
  const content = encodeInputParts(contents)
  if (content.length > 0) input.push({ type: 'message', role, content })
  for (const piece of contents) if (piece.type === 'opaque') pushOpaque(piece, input)
}

function pushSpoken(
  contents: readonly Content[],
  input: JsonObject[],
  customCalls: Set<string>,
): void {
  let parts: JsonObject[] = []
  const flush = (): void => {
    if (parts.length > 0) input.push({ type: 'message', role: 'assistant', content: parts })
    parts = []
  }
  for (const content of contents) {
    switch (content.type) {
      case 'text':
        if (content.text !== '') parts.push({ type: 'output_text', text: content.text })
        break
      case 'refusal':
        parts.push({ type: 'refusal', refusal: content.text })
        break
      case 'reasoning':
        flush()
        pushReasoning(content, input)
        break
      case 'tool-call':
        flush()
        if (content.input.kind === 'text') customCalls.add(content.id)
        input.push(encodeCall(content))
        break
      case 'opaque':
        flush()
        pushOpaque(content, input)
        break
      default:
      // Models do not say pictures; what a client puts there is not sent back.
    }
  }
  flush()
}

/** Only what this wire sealed; a summary alone is refused. */
function pushReasoning({ text, sealed }: ReasoningContent, input: JsonObject[]): void {
  if (sealed?.origin !== 'responses') return
  input.push({
    type: 'reasoning',
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    encrypted_content: sealed.data,
  })
}

function pushOpaque(content: Extract<Content, { type: 'opaque' }>, input: JsonObject[]): void {
  if (content.origin !== 'responses') return
  const { id: _, ...value } = content.value
  input.push(value)
}

function encodeCall({ id, name, namespace, input }: ToolCall): JsonObject {
  const target = { call_id: callId(id), name, ...(namespace === undefined ? {} : { namespace }) }
  return input.kind === 'text'
    ? { type: 'custom_tool_call', ...target, input: input.text }
    : { type: 'function_call', ...target, arguments: input.text === '' ? '{}' : input.text }
}

function encodeResult(result: ToolResult, customCalls: ReadonlySet<string>): JsonObject {
  const custom = result.custom === true || customCalls.has(result.id)
  return {
    type: custom ? 'custom_tool_call_output' : 'function_call_output',
    call_id: callId(result.id),
    output: encodeOutput(result),
  }
}

function callId(id: string): string {
  return id.slice(-LONGEST_CALL_ID)
}
