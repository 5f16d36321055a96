import { asNumber, asObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'

/** Usage of a response, with what Copilot bills beside it. `undefined` when there is neither. */
export function decodeUsage(
  usage: JsonValue | undefined,
  copilotUsage: JsonValue | undefined,
): Usage | undefined {
  const counts = asObject(usage)
  const nanoCredits = asNumber(asObject(copilotUsage)?.['total_nano_aiu'])
  if (!counts && nanoCredits === undefined) return undefined
  const input = asObject(counts?.['input_tokens_details'])
  const output = asObject(counts?.['output_tokens_details'])
  return {
    inputTokens: count(counts?.['input_tokens']),
    cachedInputTokens: count(input?.['cached_tokens']),
    cacheWriteTokens: count(input?.['cache_write_tokens']),
    outputTokens: count(counts?.['output_tokens']),
    reasoningTokens: count(output?.['reasoning_tokens']),
    ...(nanoCredits === undefined ? {} : { nanoCredits }),
  }
}

export function encodeUsage(usage: Usage | undefined): JsonObject | null {
  if (!usage) return null
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  }
}

function count(value: JsonValue | undefined): number {
  return Math.max(0, asNumber(value) ?? 0)
}
