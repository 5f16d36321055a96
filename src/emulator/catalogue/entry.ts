/** A model as `GET /models` lists it. Names are the wire's own. */
export interface CatalogueEntry {
  readonly id: string
  readonly name: string
  readonly object: 'model'
  readonly vendor: string
  readonly version: string
  readonly preview: boolean
  readonly is_chat_default: boolean
  readonly is_chat_fallback: boolean
  readonly model_picker_enabled: boolean
  readonly model_picker_category?: 'powerful' | 'versatile' | 'lightweight'
  readonly policy?: {
    readonly state: 'enabled' | 'disabled' | 'unconfigured'
    readonly terms: string
  }
  readonly supported_endpoints?: readonly string[]
  readonly billing: {
    readonly is_premium: boolean
    readonly multiplier: number
    readonly restricted_to?: readonly string[]
    readonly token_prices?: TokenPrices
  }
  readonly capabilities: {
    readonly family: string
    readonly object: 'model_capabilities'
    readonly type: 'chat' | 'embeddings' | 'completion'
    readonly tokenizer: 'o200k_base' | 'cl100k_base'
    readonly limits: Limits
    readonly supports: Supports
  }
}

/** Credits per `batch_size` tokens. */
interface TokenPrices {
  readonly batch_size: number
  readonly default: TierPrices
  readonly long_context?: TierPrices
}

export interface TierPrices {
  readonly input_price: number
  readonly output_price: number
  readonly cache_price: number
  readonly cache_write_price?: number
  /** The tier holds up to this many input tokens. */
  readonly context_max?: number
}

export interface Limits {
  readonly max_context_window_tokens?: number
  readonly max_prompt_tokens?: number
  readonly max_output_tokens?: number
  readonly max_non_streaming_output_tokens?: number
  readonly max_inputs?: number
  readonly vision?: {
    readonly max_prompt_image_size: number
    readonly max_prompt_images: number
    readonly supported_media_types: readonly string[]
  }
}

export interface Supports {
  readonly streaming?: boolean
  readonly tool_calls?: boolean
  readonly parallel_tool_calls?: boolean
  readonly vision?: boolean
  readonly structured_outputs?: boolean
  readonly dimensions?: boolean
  readonly adaptive_thinking?: boolean
  readonly min_thinking_budget?: number
  readonly max_thinking_budget?: number
  readonly reasoning_effort?: readonly string[]
}

/** Whose answers a model's answers look like on the chat wire. */
export type Manner = 'azure' | 'claude' | 'plain'

/** How a model behaves where its entry does not say; never on the wire. */
export interface Traits {
  readonly manner: Manner
  /** What answers call the model: a dated name. */
  readonly answersAs: string
  /** Refuses `temperature` and `top_p` other than 1. */
  readonly refusesSampling: boolean
  /** Wants `max_completion_tokens` on chat and refuses `max_tokens`. */
  readonly refusesMaxTokens: boolean
  /** Tool types `/responses` takes from this model. */
  readonly responsesTools: readonly string[]
  /** Takes `thinking: {type: "adaptive"}` only. */
  readonly adaptiveOnly: boolean
  /** Refuses `context_management` on `/v1/messages`. */
  readonly refusesContextManagement: boolean
  /** Takes messages of the role `system` between the others, given the beta. */
  readonly systemInMessages: boolean
}

export interface CatalogueModel {
  readonly entry: CatalogueEntry
  readonly traits: Traits
}
