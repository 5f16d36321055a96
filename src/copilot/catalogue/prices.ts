import { asNumber, asObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { TokenPrices } from '../../core/model.ts'
import { NANO_CREDITS_PER_CREDIT } from '../../core/usage.ts'

type Tier = Omit<TokenPrices, 'longContext' | 'contextTokens'>

/**
 * `token_prices` counts AI credits per `batch_size` tokens. A credit is 10^9 nano-credits and a batch at most a million tokens
 * so far, so a token's price comes out whole.
 */
export function readPrices(tokenPrices: JsonObject | undefined): TokenPrices | undefined {
  const batch = asNumber(tokenPrices?.['batch_size']) ?? 1_000_000
  const usual = asObject(tokenPrices?.['default'])
  const prices = batch > 0 ? readTier(usual, batch) : undefined
  if (!usual || !prices) return undefined
  const longContext = readTier(asObject(tokenPrices?.['long_context']), batch)
  if (!longContext) return prices
  return { ...prices, contextTokens: asNumber(usual['context_max']), longContext }
}

function readTier(tier: JsonObject | undefined, batch: number): Tier | undefined {
  const input = asNumber(tier?.['input_price'])
  const output = asNumber(tier?.['output_price'])
  if (input === undefined || output === undefined) return undefined
  const nano = (credits: number): number => Math.round((credits * NANO_CREDITS_PER_CREDIT) / batch)
  const inputNanoCredits = nano(input)
  const written = asNumber(tier?.['cache_write_price'])
  const cached = asNumber(tier?.['cache_price'])
  return {
    inputNanoCredits,
    cachedInputNanoCredits: cached === undefined ? inputNanoCredits : nano(cached),
    cacheWriteNanoCredits: written === undefined ? inputNanoCredits : nano(written),
    outputNanoCredits: nano(output),
  }
}
