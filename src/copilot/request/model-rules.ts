import type { Model } from '../../core/model.ts'

/*
 * What a model refuses, told from its catalogue entry, so that a model of next month needs no new version. Where the entry
 * does not tell, the refusal itself does, once (`lessons.ts`).
 */

export function isOpenAI({ vendor }: Model): boolean {
  return /openai/i.test(vendor)
}

export function isAnthropic({ vendor }: Model): boolean {
  return /anthropic/i.test(vendor)
}

/**
 * OpenAI's reasoning models sample as they see fit, and count their thinking into the limit, which is therefore called
 * `max_completion_tokens`. The entry shows them by its list of effort words.
 */
export function isOpenAIReasoner(model: Model): boolean {
  return isOpenAI(model) && model.supports.reasoningEfforts.length > 0
}

/** Claude models that decide themselves how much to think have no budget in their entry. */
export function thinksOnlyAdaptively({ supports }: Model): boolean {
  return supports.adaptiveThinking && supports.maxThinkingBudget === undefined
}
