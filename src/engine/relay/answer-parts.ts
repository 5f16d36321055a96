import type { Answer, Content } from '../../core/conversation.ts'
import { never } from '../../core/parts.ts'
import type { Part } from '../../core/parts.ts'

/** A whole answer as the parts of a stream: for clients that want one from a model that does not. */
export function partsOfAnswer(answer: Answer): readonly Part[] {
  const parts: Part[] = [
    { type: 'answer-start', id: answer.id, model: answer.model, created: answer.created },
  ]
  for (const [index, content] of answer.content.entries())
    parts.push(...partsOfContent(content, index))
  if (answer.usage !== undefined) parts.push({ type: 'usage', usage: answer.usage })
  parts.push({ type: 'turn-end', reason: answer.finish, stopSequence: answer.stopSequence })
  return parts
}

function partsOfContent(content: Content, index: number): readonly Part[] {
  switch (content.type) {
    case 'text':
      return [
        { type: 'text-start', index },
        { type: 'text-delta', index, text: content.text },
        { type: 'text-end', index, annotations: content.annotations },
      ]
    case 'refusal':
      return [{ type: 'refusal-delta', text: content.text }]
    case 'reasoning':
      return [
        { type: 'reasoning-start', index, id: content.id, summary: content.summary },
        { type: 'reasoning-delta', index, text: content.text },
        { type: 'reasoning-end', index, sealed: content.sealed },
      ]
    case 'tool-call':
      return [
        {
          type: 'tool-start',
          index,
          id: content.id,
          name: content.name,
          namespace: content.namespace,
          kind: content.input.kind,
          itemId: content.itemId,
        },
        { type: 'tool-delta', index, text: content.input.text },
        { type: 'tool-end', index, sealed: content.sealed },
      ]
    case 'opaque':
      return [{ type: 'opaque', index, value: content }]
    // No model answers with these.
    case 'image':
    case 'document':
    case 'audio':
    case 'tool-result':
      return []
    default:
      return never(content)
  }
}
