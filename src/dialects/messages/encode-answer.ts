import type { Answer, Content, Conversation, ReasoningContent } from '../../core/conversation.ts'
import type { EncodeContext } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { wrapSealed } from '../../core/sealed.ts'
import { encodeReasoning, toolInput } from './encode-content.ts'
import { encodeStopReason } from './finish.ts'
import { encodeUsage } from './usage.ts'

export function encodeAnswer(answer: Answer, context: EncodeContext): JsonObject {
  const thinks = wantsThinking(context.conversation)
  const content = answer.content.flatMap((piece) => encodeAnswerContent(piece, thinks))
  const refused = answer.finish === 'stop' && answer.content.some(({ type }) => type === 'refusal')
  return {
    id: messageId(answer.id, context.requestId),
    type: 'message',
    role: 'assistant',
    model: context.model,
    content,
    stop_reason: refused ? 'refusal' : encodeStopReason(answer.finish, answer.stopSequence),
    stop_sequence: answer.stopSequence ?? null,
    usage: encodeUsage(answer.usage),
  }
}

/**
 * Anthropic sends thinking only to who asked for it, and programs that did not ask read the first block as the text.
 * A request that is not known was not decoded here, so nothing is held back.
 */
export function wantsThinking(conversation: Conversation | undefined): boolean {
  return conversation === undefined || conversation.reasoning?.includeSealed === true
}

function encodeAnswerContent(content: Content, thinks: boolean): JsonObject[] {
  switch (content.type) {
    case 'text':
    case 'refusal':
      return content.text === '' ? [] : [encodeText(content)]
    case 'reasoning':
      return thinks ? [encodeThinkingBlock(content)] : []
    case 'tool-call': {
      const { id, name, input, sealed } = content
      const call = { type: 'tool_use', id, name, input: toolInput(input) }
      return sealed && thinks
        ? [call, { type: 'redacted_thinking', data: wrapSealed(sealed) }]
        : [call]
    }
    case 'opaque':
      return content.origin === 'messages' ? [content.value] : []
    default:
      // No model on these wires answers with pictures, files or sound.
      return []
  }
}

function encodeText(content: Content & { readonly text: string }): JsonObject {
  const citations = content.type === 'text' ? (content.annotations?.filter(isCitation) ?? []) : []
  return {
    type: 'text',
    text: content.text,
    ...(citations.length > 0 ? { citations } : {}),
  }
}

/** Annotations of other wires have other shapes; a strict client would choke on them. */
export function isCitation(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'cited_text' in value
}

/**
 * A seal of this wire goes as it is; one of another is wrapped, so that the client gives it back and it returns to where it
 * came from. What shows no text is redacted thinking, which clients keep and do not print.
 */
export function encodeThinkingBlock({ text, sealed }: ReasoningContent): JsonObject {
  if (sealed?.origin === 'messages') return encodeReasoning(text, sealed)
  if (sealed && text === '') return { type: 'redacted_thinking', data: wrapSealed(sealed) }
  return { type: 'thinking', thinking: text, signature: sealed ? wrapSealed(sealed) : '' }
}

/** Clients take the prefix for granted. */
export function messageId(id: string, requestId: string): string {
  if (id.startsWith('msg_')) return id
  const stem = (id === '' || id.length > 100 ? requestId : id).replace(/[^\w-]/g, '')
  return `msg_${stem}`
}
