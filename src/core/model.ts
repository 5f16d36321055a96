import type { JsonObject } from './json.ts'

/** A wire format used upstream. */
export type WireName = 'chat' | 'responses' | 'messages' | 'embeddings'

/** A model as a live catalogue describes it; read loosely, since entries differ and grow. */
export interface Model {
  readonly id: string
  readonly name: string
  readonly vendor: string
  readonly kind: 'chat' | 'embeddings' | 'completion'
  /** In the upstream's own order of preference; never empty for chat and embeddings models. */
  readonly wires: readonly WireName[]
  /** Serves `ws:/responses` too. */
  readonly webSocket: boolean
  readonly limits: ModelLimits
  readonly supports: ModelSupports
  readonly policy?: { readonly state: string; readonly terms?: string | undefined } | undefined
  readonly prices?: TokenPrices | undefined
  /** Premium requests per user turn on request-billed plans. */
  readonly multiplier?: number | undefined
  readonly pickerEnabled: boolean
  readonly preview: boolean
  readonly tokenizer?: string | undefined
  /** The entry as it came, for `/v1/models`, the dashboard and whatever is added next month. */
  readonly raw: JsonObject
}

export interface ModelLimits {
  readonly contextTokens?: number | undefined
  readonly promptTokens?: number | undefined
  readonly outputTokens?: number | undefined
  /** Claude answers that are not streamed are cut here. */
  readonly nonStreamingOutputTokens?: number | undefined
  readonly maxInputs?: number | undefined
  readonly maxImages?: number | undefined
  readonly maxImageBytes?: number | undefined
  readonly imageTypes?: readonly string[] | undefined
}

export interface ModelSupports {
  readonly streaming: boolean
  readonly toolCalls: boolean
  readonly parallelToolCalls: boolean
  readonly vision: boolean
  readonly structuredOutputs: boolean
  readonly dimensions: boolean
  /** Effort words the model takes; empty when it does not reason on request. */
  readonly reasoningEfforts: readonly string[]
  readonly adaptiveThinking: boolean
  readonly minThinkingBudget?: number | undefined
  readonly maxThinkingBudget?: number | undefined
}

/** Nano-credits per token, integers after multiplying by the count. From the catalogue's `billing.token_prices`. */
export interface TokenPrices {
  readonly inputNanoCredits: number
  readonly cachedInputNanoCredits: number
  readonly cacheWriteNanoCredits: number
  readonly outputNanoCredits: number
  /** Above this many prompt tokens the `longContext` prices hold. */
  readonly contextTokens?: number | undefined
  readonly longContext?: Omit<TokenPrices, 'longContext' | 'contextTokens'> | undefined
}
