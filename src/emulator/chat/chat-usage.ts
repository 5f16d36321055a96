import type { Usage } from '../accounting/usage.ts'

/** `usage` as chat answers have it. */
export function chatUsage(usage: Usage): Record<string, unknown> {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(usage.cacheWrite > 0 && { cache_creation_tokens: usage.cacheWrite }),
    },
    completion_tokens_details: {
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
      ...(usage.reasoning > 0 && { reasoning_tokens: usage.reasoning }),
    },
  }
}
