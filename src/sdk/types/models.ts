/** One model that can be called, as the live catalogue describes it. */
export interface ModelInfo {
  /** The name to call it by. */
  id: string
  /** `github_copilot`, `litellm_proxy`, … */
  provider: string
  /** As shown to people. */
  name: string
  vendor: string
  kind: 'chat' | 'embeddings' | 'completion' | 'unknown'
  /** The wires it speaks upstream, in the upstream's own order of preference. Every dialect reaches it either way. */
  wires: string[]
  limits: ModelInfoLimits
  supports: ModelInfoSupports
  /** Set when the model's terms must be accepted before its first use. */
  policy?: string
  /** Premium requests per turn of a person, on plans billed by request. */
  multiplier?: number
  /** AI credits per million tokens; 1 credit = $0.01. */
  prices?: ModelPrices
  preview: boolean
}

export interface ModelInfoLimits {
  context_tokens?: number
  prompt_tokens?: number
  output_tokens?: number
  images?: number
}

export interface ModelInfoSupports {
  streaming: boolean
  tool_calls: boolean
  parallel_tool_calls: boolean
  vision: boolean
  structured_outputs: boolean
  /** The effort words it takes; empty when it does not reason on request. */
  reasoning_efforts: string[]
}

export interface ModelPrices {
  input: number
  cached_input: number
  cache_write: number
  output: number
}
