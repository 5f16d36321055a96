import { asArray, asNumber, asObject, asString } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Model, ModelLimits, ModelSupports, WireName } from '../../core/model.ts'
import { readPrices } from './prices.ts'

const WIRES: ReadonlyMap<string, WireName> = new Map([
  ['/chat/completions', 'chat'],
  ['/responses', 'responses'],
  ['/v1/messages', 'messages'],
  ['/embeddings', 'embeddings'],
])

/** One entry of `/models`, read as little and as loosely as possible; `undefined` when it names no model. */
export function parseModel(value: JsonValue): Model | undefined {
  const raw = asObject(value)
  const id = asString(raw?.['id'])
  if (!raw || !id) return undefined
  const capabilities = asObject(raw['capabilities'])
  const kind = kindOf(asString(capabilities?.['type']))
  const endpoints = asArray(raw['supported_endpoints']).filter((name) => typeof name === 'string')
  const billing = asObject(raw['billing'])
  const policy = asObject(raw['policy'])
  const state = asString(policy?.['state'])
  return {
    id,
    name: asString(raw['name']) ?? id,
    vendor: asString(raw['vendor']) ?? 'unknown',
    kind,
    wires: wiresOf(kind, endpoints),
    webSocket: endpoints.includes('ws:/responses'),
    limits: limitsOf(asObject(capabilities?.['limits'])),
    supports: supportsOf(asObject(capabilities?.['supports'])),
    policy: state === undefined ? undefined : { state, terms: asString(policy?.['terms']) },
    prices: readPrices(asObject(billing?.['token_prices'])),
    multiplier: asNumber(billing?.['multiplier']),
    pickerEnabled: raw['model_picker_enabled'] === true,
    preview: raw['preview'] === true,
    tokenizer: asString(capabilities?.['tokenizer']),
    raw,
  }
}

function kindOf(type: string | undefined): Model['kind'] {
  return type === 'embeddings' || type === 'completion' ? type : 'chat'
}

/** Without a list, or with one that holds nothing known, a model speaks what its kind always spoke. */
function wiresOf(kind: Model['kind'], endpoints: readonly string[]): readonly WireName[] {
  const known = endpoints.map((path) => WIRES.get(path)).filter((wire) => wire !== undefined)
  const fitting = known.filter((wire) => (wire === 'embeddings') === (kind === 'embeddings'))
  if (fitting.length > 0) return [...new Set(fitting)]
  if (kind === 'completion') return []
  return kind === 'embeddings' ? ['embeddings'] : ['chat']
}

function limitsOf(limits: JsonObject | undefined): ModelLimits {
  const vision = asObject(limits?.['vision'])
  const types = asArray(vision?.['supported_media_types'])
  return {
    contextTokens: asNumber(limits?.['max_context_window_tokens']),
    promptTokens: asNumber(limits?.['max_prompt_tokens']),
    outputTokens: asNumber(limits?.['max_output_tokens']),
    nonStreamingOutputTokens: asNumber(limits?.['max_non_streaming_output_tokens']),
    maxInputs: asNumber(limits?.['max_inputs']),
    maxImages: asNumber(vision?.['max_prompt_images']),
    maxImageBytes: asNumber(vision?.['max_prompt_image_size']),
    imageTypes: vision ? types.filter((type) => typeof type === 'string') : undefined,
  }
}

function supportsOf(supports: JsonObject | undefined): ModelSupports {
  const efforts = asArray(supports?.['reasoning_effort'])
  return {
    streaming: supports?.['streaming'] === true,
    toolCalls: supports?.['tool_calls'] === true,
    parallelToolCalls: supports?.['parallel_tool_calls'] === true,
    vision: supports?.['vision'] === true,
    structuredOutputs: supports?.['structured_outputs'] === true,
    dimensions: supports?.['dimensions'] === true,
    reasoningEfforts: efforts.filter((effort) => typeof effort === 'string'),
    adaptiveThinking: supports?.['adaptive_thinking'] === true,
    minThinkingBudget: asNumber(supports?.['min_thinking_budget']),
    maxThinkingBudget: asNumber(supports?.['max_thinking_budget']),
  }
}
