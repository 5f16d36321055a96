import type { Conversation } from '../../core/conversation.ts'
import type { Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { piecesOf } from './pieces.ts'

/**
 * What an answer used that was stopped before its upstream said so: the prompt, and what came of the answer. What the upstream
 * wrote and never sent is missing, so the bill may be a little higher; what it read from its cache is unknown.
 */
export function estimateUsage(conversation: Conversation | undefined, outputTokens: number): Usage {
  let inputTokens = 0
  for (const piece of conversation === undefined ? [] : piecesOf(conversation)) {
    inputTokens += typeof piece === 'number' ? piece : estimateTokens(piece)
  }
  return {
    inputTokens: Math.ceil(inputTokens),
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: Math.ceil(outputTokens),
    reasoningTokens: 0,
    estimated: true,
  }
}

/**
 * What an answer used that ended before its upstream said so, since somebody left or something broke: nobody shall have answers
 * for nothing by leaving before the last event. What the upstream had said until then stands.
 *
 * @param prompt as it could be read; else it is reckoned from its bytes
 */
export function usageOfBroken(
  said: Usage | undefined,
  prompt: { readonly conversation: Conversation | undefined; readonly bytes: number },
  outputTokens: number,
): Usage {
  if (said?.nanoCredits !== undefined) return said
  const guessed = estimateUsage(
    prompt.conversation,
    Math.max(outputTokens, said?.outputTokens ?? 0),
  )
  const inputTokens = prompt.conversation ? guessed.inputTokens : Math.ceil(prompt.bytes / 4)
  return { ...guessed, inputTokens, ...said, outputTokens: guessed.outputTokens }
}

/** About how many tokens of an answer one part is. */
export function tokensOfPart(part: Part): number {
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
    case 'tool-delta':
      return estimateTokens(part.text)
    default:
      return 0
  }
}
