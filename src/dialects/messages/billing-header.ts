import { isJsonObject, type JsonValue } from '../../core/json.ts'

const MARK = 'x-anthropic-billing-header:'

/**
 * Claude Code puts an attribution line in front of its system prompt, as text. It differs between kinds of request, so that
 * what it stands in front of is never found in a prompt cache, and no model upstream has a use for it. Translations leave it
 * out; for relays, a vendor's `prepare` can set `system` to what `withoutBillingHeader` gives.
 */
export function isBillingHeader(text: string): boolean {
  return text.startsWith(MARK)
}

/** `system` without such blocks; the very same value when there are none. `undefined` when nothing else was in it. */
export function withoutBillingHeader(system: JsonValue | undefined): JsonValue | undefined {
  if (typeof system === 'string') return isBillingHeader(system) ? undefined : system
  if (!Array.isArray(system) || !system.some(isBillingBlock)) return system
  const rest = system.filter((block) => !isBillingBlock(block))
  return rest.length > 0 ? rest : undefined
}

export function isBillingBlock(block: JsonValue): boolean {
  return isJsonObject(block) && typeof block['text'] === 'string' && isBillingHeader(block['text'])
}
