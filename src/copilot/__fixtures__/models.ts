import type { JsonObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import { parseModel } from '../catalogue/parse-model.ts'

/** Entries in the form of the catalogue; numbers and names are examples. */
const chat = (
  id: string,
  vendor: string,
  supports: JsonObject,
  rest: JsonObject = {},
  limits: JsonObject = {},
): JsonObject => ({
  id,
  name: id,
  vendor,
  version: id,
  model_picker_enabled: true,
  capabilities: { family: id, type: 'chat', tokenizer: 'o200k_base', limits, supports },
  ...rest,
})

const entries = {
  plain: chat('gpt-4o', 'Azure OpenAI', { streaming: true, tool_calls: true }),
  reasoner: chat(
    'gpt-5-mini',
    'Azure OpenAI',
    { streaming: true, reasoning_effort: ['low', 'medium', 'high'] },
    { supported_endpoints: ['/chat/completions', '/responses', 'ws:/responses'] },
  ),
  claude: chat(
    'claude-opus-4.6',
    'Anthropic',
    {
      adaptive_thinking: true,
      min_thinking_budget: 1024,
      max_thinking_budget: 32_000,
      reasoning_effort: ['low', 'medium', 'high'],
    },
    { supported_endpoints: ['/v1/messages', '/chat/completions'] },
    { max_output_tokens: 32_000, max_non_streaming_output_tokens: 16_000 },
  ),
  budgeted: chat(
    'claude-haiku-4.5',
    'Anthropic',
    { min_thinking_budget: 1024, max_thinking_budget: 32_000 },
    { supported_endpoints: ['/chat/completions', '/v1/messages'] },
    { max_output_tokens: 64_000 },
  ),
  adaptive: chat(
    'claude-opus-4.8',
    'Anthropic',
    { adaptive_thinking: true, reasoning_effort: ['low', 'high'] },
    { supported_endpoints: ['/v1/messages'] },
  ),
  thoughtless: chat('claude-3.5', 'Anthropic', { streaming: true }),
  gemini: chat('gemini-3.1-pro', 'Google', { reasoning_effort: ['low', 'high'] }),
  embeddings: {
    id: 'text-embedding-3-small',
    vendor: 'Azure OpenAI',
    capabilities: { type: 'embeddings', limits: { max_inputs: 512 }, supports: { dimensions: true } },
  },
} satisfies Record<string, JsonObject>

export type ModelName = keyof typeof entries

export function modelOf(name: ModelName): Model {
  const model = parseModel(entries[name])
  if (!model) throw new Error(`${name} is no model`)
  return model
}
