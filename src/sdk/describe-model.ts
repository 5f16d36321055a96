import type { ListedModel } from '../core/engine.ts'
import type { Model, TokenPrices } from '../core/model.ts'
import type { ModelInfo, ModelInfoLimits, ModelPrices } from './types/models.ts'

/** A model as the SDK and the command show it: the catalogue's facts under plain names. */
export function describeModel({ name, provider, model }: ListedModel): ModelInfo {
  if (!model) {
    return {
      id: name,
      provider,
      name,
      vendor: 'unknown',
      kind: 'unknown',
      wires: [],
      limits: {},
      supports: NOTHING_KNOWN,
      preview: false,
    }
  }
  const info: ModelInfo = {
    id: name,
    provider,
    name: model.name,
    vendor: model.vendor,
    kind: model.kind,
    wires: [...model.wires],
    limits: limitsOf(model),
    supports: {
      streaming: model.supports.streaming,
      tool_calls: model.supports.toolCalls,
      parallel_tool_calls: model.supports.parallelToolCalls,
      vision: model.supports.vision,
      structured_outputs: model.supports.structuredOutputs,
      reasoning_efforts: [...model.supports.reasoningEfforts],
    },
    preview: model.preview,
  }
  if (model.policy) info.policy = model.policy.state
  if (model.multiplier !== undefined) info.multiplier = model.multiplier
  if (model.prices) info.prices = pricesOf(model.prices)
  return info
}

const NOTHING_KNOWN: ModelInfo['supports'] = {
  streaming: true,
  tool_calls: true,
  parallel_tool_calls: true,
  vision: false,
  structured_outputs: false,
  reasoning_efforts: [],
}

function limitsOf({ limits }: Model): ModelInfoLimits {
  const known: ModelInfoLimits = {}
  if (limits.contextTokens !== undefined) known.context_tokens = limits.contextTokens
  if (limits.promptTokens !== undefined) known.prompt_tokens = limits.promptTokens
  if (limits.outputTokens !== undefined) known.output_tokens = limits.outputTokens
  if (limits.maxImages !== undefined) known.images = limits.maxImages
  return known
}

/** Nano-credits a token are credits per thousand million tokens. */
function pricesOf(prices: TokenPrices): ModelPrices {
  const perMillion = (nanoCredits: number): number => nanoCredits / 1000
  return {
    input: perMillion(prices.inputNanoCredits),
    cached_input: perMillion(prices.cachedInputNanoCredits),
    cache_write: perMillion(prices.cacheWriteNanoCredits),
    output: perMillion(prices.outputNanoCredits),
  }
}
