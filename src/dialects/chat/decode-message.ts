import type { Content, ReasoningContent, ToolCall } from '../../core/conversation.ts'
import { asObject, asString } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import {
  optionalArray,
  optionalString,
  requiredString,
  requireObject,
} from '../fields/read-fields.ts'
import { decodeContent } from './decode-content.ts'
import { blocksFromOpaque } from './sealed-reasoning.ts'

/** An assistant's message, of a request or of an answer: reasoning first, then what it said, then what it called. */
export function decodeAssistant(message: JsonObject, at: string): readonly Content[] {
  const refusal = optionalString(message, 'refusal', at)
  const said = decodeContent(message, at)
  const annotations = message['annotations']
  const content: Content[] = [...decodeReasoning(message), ...said]
  if (Array.isArray(annotations) && annotations.length > 0) {
    const index = content.findIndex((entry) => entry.type === 'text')
    const text = content[index]
    if (text?.type === 'text') content[index] = { ...text, annotations }
  }
  if (refusal) content.push({ type: 'refusal', text: refusal })
  for (const [index, call] of (optionalArray(message, 'tool_calls', at) ?? []).entries())
    content.push(decodeCall(call, `${at}tool_calls[${index}]`))
  const legacy = asObject(message['function_call'])
  if (legacy !== undefined) {
    const name = requiredString(legacy, 'name', `${at}function_call.`)
    content.push({
      type: 'tool-call',
      id: legacyCallId(name),
      name,
      input: { kind: 'json', text: asString(legacy['arguments']) ?? '' },
    })
  }
  return content
}

/** Calls of the time before tools have no id; their result names the function. */
export function legacyCallId(name: string): string {
  return `call_${name}`
}

/** `reasoning_content` is what some clients make of `reasoning_text` before they send it back. */
function decodeReasoning(message: JsonObject): readonly ReasoningContent[] {
  const text =
    asString(message['reasoning_text']) ??
    asString(message['reasoning_content']) ??
    asString(message['reasoning']) ??
    ''
  const opaque = asString(message['reasoning_opaque'])
  if (opaque) return blocksFromOpaque(opaque, text)
  return text === '' ? [] : [{ type: 'reasoning', text, summary: false }]
}

function decodeCall(value: JsonValue, at: string): ToolCall {
  const call = requireObject(value, at)
  const id = optionalString(call, 'id', `${at}.`) ?? ''
  const custom = asObject(call['custom'])
  if (call['type'] === 'custom' && custom !== undefined) {
    return {
      type: 'tool-call',
      id,
      name: requiredString(custom, 'name', `${at}.custom.`),
      input: { kind: 'text', text: asString(custom['input']) ?? '' },
    }
  }
  const called = requireObject(call['function'], `${at}.function`)
  const text = called['arguments']
  return {
    type: 'tool-call',
    id,
    name: requiredString(called, 'name', `${at}.function.`),
    input: {
      kind: 'json',
      // Some clients send the arguments as an object.
      text: typeof text === 'string' ? text : JSON.stringify(text ?? {}),
    },
  }
}
