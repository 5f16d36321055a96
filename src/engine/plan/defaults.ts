import type { RequestFacts } from '../../core/dialect.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import type { Rewrite } from '../../core/plan.ts'
import { reasons } from './choose-wire.ts'

/** What a chat request of the SDK says where its caller said nothing. */
const SAMPLING = { temperature: 0, top_p: 1 } as const
const MAX_TOKENS = 4096

/** A model asked for by nobody. */
export const DEFAULT_MODEL = 'gpt-4o'

export interface Defaults {
  readonly edits: ReadonlyMap<string, JsonValue>
  readonly rewrites: readonly Rewrite[]
}

/**
 * The SDK's defaults for what a chat request leaves out. A model that reasons refuses sampling parameters, and a limit of 4096
 * tokens would cut its thoughts: it is sent none of them, and the reason is kept.
 */
export function sdkDefaults(body: JsonObject, facts: RequestFacts, model: Model): Defaults {
  const edits = new Map<string, JsonValue>()
  const rewrites: Rewrite[] = []
  const put = (field: string, value: JsonValue): void => {
    edits.set(field, value)
    rewrites.push({ field, action: 'set', reason: 'default of the SDK' })
  }
  if (reasons(model)) {
    for (const field of ['temperature', 'top_p', 'max_tokens']) {
      if (body[field] !== undefined) continue
      if (field === 'max_tokens' && facts.maxOutputTokens !== undefined) continue
      const reason = `default of the SDK left out: ${model.id} reasons and takes none`
      rewrites.push({ field, action: 'removed', reason })
    }
    return { edits, rewrites }
  }
  for (const [field, value] of Object.entries(SAMPLING)) {
    if (body[field] === undefined) put(field, value)
  }
  if (facts.maxOutputTokens === undefined && body['max_completion_tokens'] === undefined) {
    put('max_tokens', Math.min(MAX_TOKENS, model.limits.outputTokens ?? MAX_TOKENS))
  }
  return { edits, rewrites }
}
