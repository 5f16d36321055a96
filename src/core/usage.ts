/**
 * What one call used, as the upstream says it. Integers; `inputTokens` includes cached and cache-written ones, as
 * OpenAI counts (Anthropic counts them apart: its codec adds them up and splits them again).
 */
export interface Usage {
  readonly inputTokens: number
  /** Of `inputTokens`, read from a prompt cache. */
  readonly cachedInputTokens: number
  /** Of `inputTokens`, written to a prompt cache. */
  readonly cacheWriteTokens: number
  /** Includes reasoning tokens. */
  readonly outputTokens: number
  readonly reasoningTokens: number
  /** Price of the call as the upstream billed it (`copilot_usage.total_nano_aiu`); 1 credit = 1e9 nano-credits = $0.01. */
  readonly nanoCredits?: number | undefined
  /** Counted here, because the upstream was stopped before it said: for the client, the ledger and limits all the same. */
  readonly estimated?: true | undefined
}

export const NANO_CREDITS_PER_CREDIT = 1_000_000_000
/** GitHub's list price of an AI credit. */
export const USD_PER_CREDIT = 0.01

export function creditsFromNano(nanoCredits: number): number {
  return nanoCredits / NANO_CREDITS_PER_CREDIT
}
