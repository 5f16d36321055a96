import type { DialectName } from '../../core/call.ts'
import type { Feature } from './table.ts'

/** The dialects that generate, as the page names them. */
export const GENERATE_DIALECTS = [
  'chat',
  'completions',
  'responses',
  'messages',
  'gemini',
  'ollama',
] as const satisfies readonly DialectName[]
export type GenerateDialectName = (typeof GENERATE_DIALECTS)[number]

const EVERY = GENERATE_DIALECTS
const TALKS = ['chat', 'responses', 'messages', 'gemini', 'ollama'] as const
const OPENAI = ['chat', 'responses'] as const
const SAMPLES = ['chat', 'completions', 'gemini', 'ollama'] as const

/**
 * Which dialects have words for a feature. What a dialect cannot say needs no fate; a test holds this list against a sample
 * request of each.
 */
export const SAID_BY: Readonly<Record<Feature, readonly GenerateDialectName[]>> = {
  system: TALKS,
  late_system: ['chat', 'responses', 'messages', 'ollama'],
  image: TALKS,
  image_url: ['chat', 'responses', 'messages', 'gemini'],
  image_detail: OPENAI,
  document: ['chat', 'responses', 'messages', 'gemini'],
  audio: ['chat', 'responses', 'gemini'],
  tools: TALKS,
  strict_tools: ['chat', 'responses', 'messages'],
  tool_choice: ['chat', 'responses', 'messages', 'gemini'],
  allowed_tools: ['chat', 'responses', 'gemini'],
  parallel_tool_calls: ['chat', 'responses', 'messages'],
  custom_tools: OPENAI,
  namespaces: ['responses'],
  server_tools_messages: ['messages'],
  server_tools_responses: ['responses'],
  server_tools_chat: ['chat'],
  tool_result_image: ['responses', 'messages'],
  tool_error: ['messages', 'gemini'],
  reasoning_effort: TALKS,
  reasoning_budget: ['chat', 'messages', 'gemini'],
  reasoning_messages: ['chat', 'responses', 'messages'],
  reasoning_responses: ['chat', 'responses', 'messages'],
  reasoning_chat: ['chat', 'responses', 'messages'],
  reasoning_gemini: ['gemini'],
  reasoning_open: TALKS,
  refusal: OPENAI,
  blocks_messages: ['messages'],
  items_responses: ['responses'],
  parts_chat: ['chat'],
  parts_gemini: ['gemini'],
  cache_control: ['chat', 'messages'],
  json_object: ['chat', 'responses', 'gemini', 'ollama'],
  json_schema: TALKS,
  verbosity: OPENAI,
  max_tokens: EVERY,
  temperature: EVERY,
  top_p: EVERY,
  top_k: ['chat', 'messages', 'gemini', 'ollama'],
  frequency_penalty: SAMPLES,
  presence_penalty: SAMPLES,
  seed: SAMPLES,
  stop: ['chat', 'completions', 'messages', 'gemini', 'ollama'],
  logprobs: ['chat', 'completions', 'responses', 'gemini'],
  n: ['chat'],
  user: ['chat', 'completions', 'responses', 'messages'],
  metadata: OPENAI,
  prompt_cache_key: OPENAI,
}
