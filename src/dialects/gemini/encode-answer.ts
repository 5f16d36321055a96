import type { Answer, Content, ReasoningContent } from '../../core/conversation.ts'
import type { EncodeContext } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { qualifiedName } from '../healing/qualified-name.ts'
import { callPart, groundingOf, showsThoughts, thoughtPart } from './encode-parts.ts'
import { geminiFromFinish } from './finish.ts'
import { signatureFromBlocks } from './thought-signature.ts'
import { geminiUsage } from './usage.ts'

export function encodeAnswer(answer: Answer, context: EncodeContext): JsonObject {
  return {
    candidates: [
      {
        content: { role: 'model', parts: encodeContent(answer.content, showsThoughts(context)) },
        finishReason: geminiFromFinish(answer.finish),
        index: 0,
        ...Object.assign({}, ...answer.content.map(groundingOf)),
      },
    ],
    ...(answer.usage === undefined ? {} : { usageMetadata: geminiUsage(answer.usage) }),
    modelVersion: context.model,
    responseId: context.requestId,
  }
}

/** Seals ride on the next call, as Gemini's own do, since clients leave thought parts out of what they send back. */
function encodeContent(content: readonly Content[], thoughts: boolean): JsonObject[] {
  const parts: JsonObject[] = []
  let sealed: ReasoningContent[] = []
  const takeSignature = (): string | undefined => {
    const signature = signatureFromBlocks(sealed)
    sealed = []
    return signature
  }
  for (const entry of content) {
    if (entry.type === 'text' || entry.type === 'refusal') parts.push({ text: entry.text })
    else if (entry.type === 'reasoning') {
      if (thoughts && entry.text !== '') parts.push(thoughtPart(entry.text))
      if (entry.sealed !== undefined) sealed.push(entry)
    } else if (entry.type === 'tool-call') {
      const { id, input } = entry
      if (entry.sealed !== undefined)
        sealed.push({ type: 'reasoning', text: '', summary: false, sealed: entry.sealed })
      parts.push(callPart({ id, name: qualifiedName(entry), ...input }, takeSignature()))
    }
  }
  const signature = takeSignature()
  if (signature !== undefined) parts.push({ text: '', thoughtSignature: signature })
  return parts
}
