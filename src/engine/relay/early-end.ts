import type { Conversation } from '../../core/conversation.ts'
import type { Part } from '../../core/parts.ts'
import type { Restorer } from '../../dialects/healing/index.ts'
import { estimateUsage, tokensOfPart } from '../count/estimate-usage.ts'

/** Ends an answer where its client's part of it is over, before the upstream does. */
export interface EarlyEnd {
  /** Hears every part of the upstream's. */
  saw(part: Part): void
  /** What ends the answer; `undefined` while it is not over, or when the upstream has ended it itself. */
  ending(): readonly Part[] | undefined
}

/** `undefined` where only the upstream ends an answer: nothing is counted then. */
export function createEarlyEnd(
  restore: Restorer | undefined,
  conversation: Conversation | undefined,
): EarlyEnd | undefined {
  if (restore?.isOver === undefined) return undefined
  /** Blocks that have begun and not ended, by index. */
  const open = new Map<number, Part>()
  let outputTokens = 0
  let ended = false
  let counted = false
  return {
    saw(part) {
      outputTokens += tokensOfPart(part)
      const end = endOf(part)
      if (end !== undefined) open.set(end.index, end)
      else if ('index' in part && part.type.endsWith('-end')) open.delete(part.index)
      if (part.type === 'usage') counted = true
      else if (part.type === 'turn-end' || part.type === 'error') ended = true
    },
    ending() {
      if (ended || restore.isOver?.() !== true) return undefined
      ended = true
      const usage: Part = { type: 'usage', usage: estimateUsage(conversation, outputTokens) }
      return [...open.values(), ...(counted ? [] : [usage]), { type: 'turn-end', reason: 'stop' }]
    },
  }
}

/** What will close the block that this part opens. */
function endOf(part: Part): (Part & { readonly index: number }) | undefined {
  switch (part.type) {
    case 'text-start':
      return { type: 'text-end', index: part.index }
    case 'reasoning-start':
      return { type: 'reasoning-end', index: part.index }
    case 'tool-start':
      return { type: 'tool-end', index: part.index }
    default:
      return undefined
  }
}
