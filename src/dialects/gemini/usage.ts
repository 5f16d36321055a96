import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'

/** Gemini counts thoughts beside the candidates, the hub within the output. */
export function geminiUsage(usage: Usage): JsonObject {
  return {
    promptTokenCount: usage.inputTokens,
    candidatesTokenCount: Math.max(usage.outputTokens - usage.reasoningTokens, 0),
    ...(usage.reasoningTokens > 0 ? { thoughtsTokenCount: usage.reasoningTokens } : {}),
    ...(usage.cachedInputTokens > 0 ? { cachedContentTokenCount: usage.cachedInputTokens } : {}),
    totalTokenCount: usage.inputTokens + Math.max(usage.outputTokens, usage.reasoningTokens),
  }
}
