import type { Content, ReasoningContent, ToolCall, ToolResult } from '../../core/conversation.ts'
import { asArray, asObject, asString, type JsonObject } from '../../core/json.ts'
import { unwrapSealed } from '../../core/sealed.ts'
import { optionalString, requiredString } from '../fields/read-fields.ts'
import { decodeContent, decodeOutput } from './decode-content.ts'
import { LOCAL_SHELL } from './local-shell.ts'
import type { Item } from './types.ts'

/** What the model said: an item of `output`, or of `input` where it comes back. A type the hub has no word for stays whole. */
export function decodeSpokenItem(value: JsonObject, at: string): readonly Content[] {
  const item = value as Item
  switch (item.type ?? 'message') {
    case 'message':
      return decodeContent(item.content, `${at}.content`)
    case 'reasoning':
      return [decodeReasoning(item)]
    case 'function_call':
      return [
        decodeCall(value, at, {
          kind: 'json',
          text: optionalString(value, 'arguments', `${at}.`) ?? '',
        }),
      ]
    case 'custom_tool_call':
      return [
        decodeCall(value, at, {
          kind: 'text',
          text: optionalString(value, 'input', `${at}.`) ?? '',
        }),
      ]
    case 'local_shell_call':
      return [decodeShellCall(value, at)]
    default:
      return [{ type: 'opaque', origin: 'responses', value }]
  }
}

/** The seal is kept byte for byte, also an empty one; the upstream checks it. */
function decodeReasoning(item: Item): ReasoningContent {
  const summaries = textsOf(item.summary)
  const texts = summaries.length > 0 ? summaries : textsOf(item.content)
  const seal = asString(item.encrypted_content)
  const id = asString(item.id)
  return {
    type: 'reasoning',
    text: texts.join('\n\n'),
    summary: summaries.length > 0,
    ...(seal === undefined
      ? {}
      : {
          sealed: unwrapSealed(seal) ?? { origin: 'responses', kind: 'encrypted', data: seal },
        }),
    ...(id === undefined ? {} : { id }),
  }
}

function textsOf(parts: Item['summary']): string[] {
  return asArray(parts).flatMap((part) => asString(asObject(part)?.['text']) ?? [])
}

function decodeCall(value: JsonObject, at: string, input: ToolCall['input']): ToolCall {
  const item = value as Item
  const namespace = asString(item.namespace)
  const itemId = asString(item.id)
  return {
    type: 'tool-call',
    id: requiredString(value, 'call_id', `${at}.`),
    name: requiredString(value, 'name', `${at}.`),
    ...(namespace === undefined ? {} : { namespace }),
    input,
    ...(itemId === undefined ? {} : { itemId }),
  }
}

function decodeShellCall(value: JsonObject, at: string): ToolCall {
  const item = value as Item
  const { type: _, ...action } = asObject(item.action) ?? {}
  const itemId = asString(item.id)
  return {
    type: 'tool-call',
    id: asString(item.call_id) ?? requiredString(value, 'id', `${at}.`),
    name: LOCAL_SHELL,
    input: { kind: 'json', text: JSON.stringify(action) },
    ...(itemId === undefined ? {} : { itemId }),
  }
}

/** A call's result; `undefined` for any other item. */
export function decodeResultItem(value: JsonObject, at: string): ToolResult | undefined {
  const item = value as Item
  const custom = item.type === 'custom_tool_call_output'
  const shell = item.type === 'local_shell_call_output'
  if (!custom && !shell && item.type !== 'function_call_output') return undefined
  const id = asString(item.call_id) ?? (shell ? asString(item.id) : undefined)
  return {
    type: 'tool-result',
    id: id ?? requiredString(value, 'call_id', `${at}.`),
    content: decodeOutput(item.output, `${at}.output`),
    isError: false,
    ...(custom ? { custom } : {}),
  }
}
