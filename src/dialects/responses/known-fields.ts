import type { ResponsesRequest } from './types.ts'

/** Fields that the hub has a word for, or that say what holds anyway (`store: false` is all that a stateless upstream can do). */
export const HUB_FIELDS: ReadonlySet<string> = new Set<string>([
  'model',
  'input',
  'instructions',
  'stream',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'text',
  'reasoning',
  'include',
  'metadata',
  'prompt_cache_key',
  'safety_identifier',
  'user',
  'store',
  'previous_response_id',
  'background',
  'conversation',
  'prompt',
  'stream_options',
] satisfies (keyof ResponsesRequest)[])

/** Fields of this wire alone. */
export const OWN_EXTRAS: ReadonlySet<string> = new Set([
  'client_metadata',
  'context_management',
  'max_tool_calls',
  'prompt_cache_retention',
  'service_tier',
  'truncation',
])
