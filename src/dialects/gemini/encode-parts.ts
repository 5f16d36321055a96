import type { Content } from '../../core/conversation.ts'
import type { EncodeContext } from '../../core/dialect.ts'
import { isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'

/** Thoughts are shown only to those who asked for them. */
export function showsThoughts(context: EncodeContext): boolean {
  return context.conversation?.reasoning?.summary !== undefined
}

export interface CalledTool {
  readonly id: string
  readonly name: string
  readonly kind: 'json' | 'text'
  readonly text: string
}

/** `args` is an object here; raw text, and arguments that are no JSON object, go in as its `input`. */
export function callPart(call: CalledTool, signature: string | undefined): JsonObject {
  const parsed =
    call.kind === 'json' ? tryParseJson(call.text === '' ? '{}' : call.text) : undefined
  const args = isJsonObject(parsed) ? parsed : { input: call.text }
  return {
    functionCall: { id: call.id, name: call.name, args },
    ...(signature === undefined ? {} : { thoughtSignature: signature }),
  }
}

/** What the answer refers to, which stands on the candidate: https://ai.google.dev/api/generate-content#GroundingMetadata */
export function groundingOf(content: Content): JsonObject {
  if (content.type !== 'opaque' || content.origin !== 'gemini') return {}
  const { groundingMetadata } = content.value
  return groundingMetadata === undefined ? {} : { groundingMetadata }
}

export function thoughtPart(text: string): JsonObject {
  return { text, thought: true }
}
