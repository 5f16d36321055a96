import { BadGatewayError } from '../core/errors.ts'
import { tryParseJson } from '../core/json.ts'
import type { MessageAnswer, MessageBlock, MessageDelta, MessageEvent } from './types/messages.ts'

/** Puts the events of a Messages stream together to the message they are pieces of. */
export function foldMessage(events: readonly MessageEvent[]): MessageAnswer {
  let answer: MessageAnswer | undefined
  const blocks = new Map<number, Growing>()
  for (const event of events) {
    if (event.type === 'message_start') answer = { ...event.message, content: [] }
    else if (event.type === 'content_block_start') {
      blocks.set(event.index, { block: { ...event.content_block }, text: [], signature: [] })
    } else if (event.type === 'content_block_delta') grow(blocks.get(event.index), event.delta)
    else if (event.type === 'message_delta' && answer) {
      answer = { ...answer, ...event.delta, usage: { ...answer.usage, ...present(event.usage) } }
    }
  }
  if (!answer) throw new BadGatewayError('the stream ended without its first event')
  const content = [...blocks].sort(([a], [b]) => a - b).map(([, growing]) => finish(growing))
  return { ...answer, content }
}

interface Growing {
  readonly block: MessageBlock
  readonly text: string[]
  readonly signature: string[]
}

function grow(growing: Growing | undefined, delta: MessageDelta): void {
  if (!growing) return
  if (delta.type === 'text_delta') growing.text.push(delta.text)
  else if (delta.type === 'thinking_delta') growing.text.push(delta.thinking)
  else if (delta.type === 'input_json_delta') growing.text.push(delta.partial_json)
  else if (delta.type === 'signature_delta') growing.signature.push(delta.signature)
  else if (growing.block.type === 'text') {
    growing.block.citations = [...(growing.block.citations ?? []), delta.citation]
  }
}

function finish({ block, text, signature }: Growing): MessageBlock {
  const joined = text.join('')
  if (block.type === 'text') return { ...block, text: block.text + joined }
  if (block.type === 'thinking') {
    return {
      ...block,
      thinking: block.thinking + joined,
      signature: (block.signature ?? '') + signature.join(''),
    }
  }
  if ((block.type === 'tool_use' || block.type === 'server_tool_use') && joined !== '') {
    return { ...block, input: tryParseJson(joined) ?? {} }
  }
  return block
}

/** Counts that the last event repeats as null stay what the first one said. */
function present<T extends object>(counts: T | undefined): Partial<T> {
  const entries = Object.entries(counts ?? {}).filter(([, value]) => value !== null)
  return Object.fromEntries(entries) as Partial<T>
}
