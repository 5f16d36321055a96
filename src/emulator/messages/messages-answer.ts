import type { CopilotUsage } from '../accounting/price.ts'
import type { Usage } from '../accounting/usage.ts'
import { tryParseJson } from '../../core/json.ts'
import type { Answer } from '../answers/answer.ts'
import type { CatalogueModel } from '../catalogue/entry.ts'
import type { Quirks } from '../quirks/quirk.ts'
import { hexStream } from '../seal.ts'

/** Everything a Messages answer is encoded from. */
export interface MessagesAnswer {
  readonly answer: Answer
  readonly model: CatalogueModel
  readonly usage: Usage
  readonly copilotUsage: CopilotUsage
  readonly quirks: Quirks
  readonly name: string
  readonly signature: string
  /** The client wants signatures but not the text of thinking. */
  readonly hidesThinking: boolean
}

export type Block =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool_use'
      readonly id: string
      readonly name: string
      readonly input: unknown
    }

export function blocksFrom(messages: MessagesAnswer): Block[] {
  const { answer } = messages
  const blocks: Block[] = []
  if (answer.thinking !== '') {
    const thinking = messages.hidesThinking ? '' : answer.thinking
    blocks.push({ type: 'thinking', thinking, signature: messages.signature })
  }
  if (answer.text !== '') blocks.push({ type: 'text', text: answer.text })
  for (const [index, call] of answer.calls.entries()) {
    blocks.push({
      type: 'tool_use',
      id: `toolu_bdrk_${hexStream(`${messages.name}:call:${index}`, 24)}`,
      name: call.name,
      input: tryParseJson(call.input) ?? {},
    })
  }
  return blocks
}

export function messageId(messages: MessagesAnswer): string {
  return `msg_bdrk_${hexStream(messages.name, 24)}`
}

export function stopReason(answer: Answer): string {
  if (answer.stopSequence !== undefined) return 'stop_sequence'
  switch (answer.finish) {
    case 'tool':
      return 'tool_use'
    case 'length':
      return 'max_tokens'
    case 'filter':
    case 'refusal':
      return 'refusal'
    default:
      return 'end_turn'
  }
}

export function inputUsage(usage: Usage): Record<string, number> {
  return {
    input_tokens: usage.input - usage.cacheRead - usage.cacheWrite,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
  }
}
