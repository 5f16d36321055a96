import type { Answer } from '../answers/answer.ts'
import type { CopilotUsage } from '../accounting/price.ts'
import type { Usage } from '../accounting/usage.ts'
import type { CatalogueModel } from '../catalogue/entry.ts'
import type { Quirks } from '../quirks/quirk.ts'
import { hexStream, uuidFromHex } from '../seal.ts'
import type { World } from '../world.ts'

/** Everything a chat answer is encoded from. */
export interface ChatAnswer {
  readonly answers: readonly Answer[]
  readonly model: CatalogueModel
  readonly usage: Usage
  readonly copilotUsage: CopilotUsage
  readonly quirks: Quirks
  readonly logprobs: number | undefined
  /** Unix seconds. */
  readonly created: number
  /** Ids derive from it. */
  readonly name: string
  /** Makes `reasoning_opaque`. */
  readonly opaque: (answer: Answer) => string
}

export function answerId(chat: ChatAnswer): string {
  const hex = hexStream(`${chat.name}:id`, 32)
  return chat.model.traits.manner === 'azure' ? `chatcmpl-${hex.slice(0, 29)}` : uuidFromHex(hex)
}

/** What the answer calls its model: dated by OpenAI, short for the others. */
export function answeringModel(model: CatalogueModel): string {
  return model.traits.manner === 'azure' ? model.traits.answersAs : model.entry.id
}

export function callId(chat: ChatAnswer, choice: number, index: number): string {
  const hex = hexStream(`${chat.name}:call:${choice}:${index}`, 24)
  return chat.model.traits.manner === 'claude' ? `toolu_bdrk_${hex}` : `call_${hex}`
}

export function finishReason(answer: Answer): string {
  switch (answer.finish) {
    case 'tool':
      return 'tool_calls'
    case 'filter':
      return 'content_filter'
    case 'length':
      return 'length'
    default:
      return 'stop'
  }
}

const SAFE = { filtered: false, severity: 'safe' }

export const SAFE_RESULTS = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE }

export const PROMPT_FILTER = [{ prompt_index: 0, content_filter_results: SAFE_RESULTS }]

/** Junk that makes the length of an answer tell nothing. */
export function paddingFor(chat: ChatAnswer): string {
  const length = 3 + (Number.parseInt(hexStream(`${chat.name}:padding`, 4), 16) % 24)
  return 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.slice(0, length)
}

export function opaqueFor(world: World, model: string, answer: Answer): string {
  return world.sealer.seal('opaque', JSON.stringify({ model, thinking: answer.thinking }), 200)
}
