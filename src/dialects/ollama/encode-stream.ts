import type { EncodeContext, StreamEncoder } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { never } from '../../core/parts.ts'
import type { Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'
import { qualifiedName } from '../healing/qualified-name.ts'
import { ending, head, showsThinking, toolCall } from './form.ts'
import type { Form, Said } from './form.ts'

interface OpenCall {
  readonly id: string
  readonly name: string
  readonly kind: 'json' | 'text'
  readonly pieces: string[]
}

/** One JSON object a line. A call is whole on this wire, so its arguments are held until they are complete. */
export function createStreamEncoder(context: EncodeContext, form: Form): StreamEncoder {
  const beginning = head(context)
  const thinks = showsThinking(context)
  const calls = new Map<number, OpenCall>()
  let called = 0
  let usage: Usage | undefined
  let over = false

  const line = (said: Said, end: JsonObject = { done: false }): string =>
    `${JSON.stringify({ ...beginning, ...form(said), ...end })}\n`

  const push = (part: Part): string => {
    switch (part.type) {
      case 'text-delta':
      case 'refusal-delta':
        return part.text === '' ? '' : line({ text: part.text })
      case 'reasoning-delta':
        return thinks && part.text !== '' ? line({ text: '', thinking: part.text }) : ''
      case 'tool-start':
        calls.set(part.index, {
          id: part.id,
          name: qualifiedName(part),
          kind: part.kind,
          pieces: [],
        })
        return ''
      case 'tool-delta':
        calls.get(part.index)?.pieces.push(part.text)
        return ''
      case 'tool-end': {
        const call = calls.get(part.index)
        if (call === undefined) return ''
        calls.delete(part.index)
        const text = part.text ?? call.pieces.join('')
        return line({ text: '', calls: [toolCall({ ...call, text }, called++)] })
      }
      case 'usage':
        usage = { ...usage, ...part.usage }
        return ''
      case 'ping':
        return line({ text: '' })
      case 'turn-end':
        over = true
        return line({ text: '' }, ending(part.reason, usage, context))
      case 'error':
        over = true
        return `${JSON.stringify({ error: part.error.message })}\n`
      case 'answer-start':
      case 'text-start':
      case 'text-end':
      case 'reasoning-start':
      case 'reasoning-end':
      case 'opaque':
        return ''
      default:
        return never(part)
    }
  }

  return { push: (part) => (over ? '' : push(part)) }
}
