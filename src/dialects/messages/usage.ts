import { asNumber, asObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import type { WireUsage } from './types.ts'

/**
 * Usage as a stream tells it piece by piece: `message_start` has the prompt's counts, `message_delta` the answer's and
 * often all of them again. Counts are cumulative, so the latest of each wins.
 */
export interface UsageReader {
  read(usage: JsonValue | undefined, copilotUsage: JsonValue | undefined): void
  readonly usage: Usage | undefined
}

export function createUsageReader(): UsageReader {
  let seen = false
  let input = 0
  let cached = 0
  let written = 0
  let output = 0
  let nanoCredits: number | undefined
  return {
    read(usage, copilotUsage) {
      const counts = asObject(usage) as WireUsage | undefined
      if (counts) {
        seen = true
        input = asNumber(counts.input_tokens) ?? input
        cached = asNumber(counts.cache_read_input_tokens) ?? cached
        written = asNumber(counts.cache_creation_input_tokens) ?? written
        output = asNumber(counts.output_tokens) ?? output
      }
      nanoCredits = asNumber(asObject(copilotUsage)?.['total_nano_aiu']) ?? nanoCredits
    },
    get usage() {
      if (!seen && nanoCredits === undefined) return undefined
      return {
        inputTokens: input + cached + written,
        cachedInputTokens: cached,
        cacheWriteTokens: written,
        outputTokens: output,
        reasoningTokens: 0,
        ...(nanoCredits === undefined ? {} : { nanoCredits }),
      }
    },
  }
}

export function decodeUsage(
  usage: JsonValue | undefined,
  copilotUsage: JsonValue | undefined,
): Usage | undefined {
  const reader = createUsageReader()
  reader.read(usage, copilotUsage)
  return reader.usage
}

/** Cached and written tokens are counted apart on this wire. */
export function encodeUsage(usage: Usage | undefined): JsonObject {
  const cached = usage?.cachedInputTokens ?? 0
  const written = usage?.cacheWriteTokens ?? 0
  return {
    input_tokens: Math.max(0, (usage?.inputTokens ?? 0) - cached - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cached,
    output_tokens: usage?.outputTokens ?? 0,
  }
}
