import type { Content, Tool, ToolCall, ToolResult, Turn } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { createCallBook } from '../call-ids/call-book.ts'
import type { CallBook } from '../call-ids/call-book.ts'
import {
  optionalArray,
  optionalObject,
  optionalString,
  requiredString,
  requireObject,
  stringOrList,
  wrongField,
} from '../fields/read-fields.ts'
import { imageFromBase64 } from './image-type.ts'

export function decodeMessages(messages: readonly JsonValue[]): readonly Turn[] {
  const turns: Turn[] = []
  const book = createCallBook()
  let results: ToolResult[] | undefined
  for (const [index, value] of messages.entries()) {
    const at = `messages[${index}].`
    const message = requireObject(value, `messages[${index}]`)
    const role = requiredString(message, 'role', at)
    if (role === 'tool') {
      if (results === undefined) {
        results = []
        turns.push({ role: 'tool', content: results })
      }
      results.push(decodeResult(message, at, book))
      continue
    }
    results = undefined
    if (role === 'system' || role === 'developer')
      turns.push({ role: 'system', author: role, content: decodeSaid(message, at) })
    else if (role === 'user') turns.push({ role, content: decodeSaid(message, at) })
    else if (role === 'assistant') turns.push({ role, content: decodeAssistant(message, at, book) })
    else throw wrongField(`${at}role`, 'system, user, assistant or tool', role)
  }
  return turns
}

function decodeSaid(message: JsonObject, at: string): readonly Content[] {
  const text = optionalString(message, 'content', at) ?? ''
  const images = decodeImages(message, at)
  return text === '' ? images : [{ type: 'text', text }, ...images]
}

export function decodeImages(holder: JsonObject, at: string): readonly Content[] {
  return (stringOrList(holder, 'images', at) ?? []).map((image) => imageFromBase64(image))
}

function decodeAssistant(message: JsonObject, at: string, book: CallBook): readonly Content[] {
  const thinking = optionalString(message, 'thinking', at)
  const calls = (optionalArray(message, 'tool_calls', at) ?? []).map((value, index) =>
    decodeCall(
      requireObject(value, `${at}tool_calls[${index}]`),
      `${at}tool_calls[${index}].`,
      book,
    ),
  )
  return [
    ...(thinking ? [{ type: 'reasoning' as const, text: thinking, summary: false }] : []),
    ...decodeSaid(message, at),
    ...calls,
  ]
}

function decodeCall(call: JsonObject, at: string, book: CallBook): ToolCall {
  const called = requireObject(call['function'], `${at}function`)
  const name = requiredString(called, 'name', `${at}function.`)
  const input = called['arguments']
  return {
    type: 'tool-call',
    id: book.called(optionalString(call, 'id', at), name),
    name,
    input: { kind: 'json', text: typeof input === 'string' ? input : JSON.stringify(input ?? {}) },
  }
}

/** Older clients name neither the call nor the function: the result then answers the oldest open call. */
function decodeResult(message: JsonObject, at: string, book: CallBook): ToolResult {
  const name = optionalString(message, 'tool_name', at) ?? optionalString(message, 'name', at)
  const call = book.answered(optionalString(message, 'tool_call_id', at), name)
  return {
    type: 'tool-result',
    id: call.id,
    ...(call.name === undefined ? {} : { name: call.name }),
    content: decodeSaid(message, at).filter(
      (entry) => entry.type === 'text' || entry.type === 'image',
    ),
    isError: false,
  }
}

export function decodeTools(body: JsonObject): readonly Tool[] {
  return (optionalArray(body, 'tools') ?? []).map((value, index) => {
    const tool = requireObject(value, `tools[${index}]`)
    const at = `tools[${index}].function`
    const definition = requireObject(tool['function'], at)
    return {
      kind: 'function',
      name: requiredString(definition, 'name', `${at}.`),
      description: optionalString(definition, 'description', `${at}.`),
      parameters: optionalObject(definition, 'parameters', `${at}.`),
    }
  })
}
