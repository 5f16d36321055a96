import type { Cost } from '../../core/ledger.ts'
import type { TokenPrices } from '../../core/model.ts'
import type { Usage } from '../../core/usage.ts'

/** What a call cost: as the upstream billed it, else from the catalogue's prices; nothing is known of a model without prices. */
export function costOf(
  usage: Usage | undefined,
  prices: TokenPrices | undefined,
): Cost | undefined {
  if (usage === undefined) return undefined
  const rates = prices === undefined ? undefined : ratesFor(usage, prices)
  const saved = rates === undefined ? 0 : savedBy(usage, rates)
  if (usage.nanoCredits !== undefined) {
    return { nanoCredits: usage.nanoCredits, source: 'upstream', savedNanoCredits: saved }
  }
  if (rates === undefined) return undefined
  const fresh = Math.max(0, usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens)
  const nanoCredits =
    fresh * rates.inputNanoCredits +
    usage.cachedInputTokens * rates.cachedInputNanoCredits +
    usage.cacheWriteTokens * rates.cacheWriteNanoCredits +
    usage.outputTokens * rates.outputNanoCredits
  return { nanoCredits: Math.round(nanoCredits), source: 'estimate', savedNanoCredits: saved }
}

type Rates = Omit<TokenPrices, 'longContext' | 'contextTokens'>

/** A prompt above the threshold is billed at the long-context prices as a whole. */
function ratesFor(usage: Usage, prices: TokenPrices): Rates {
  const { contextTokens, longContext } = prices
  if (contextTokens === undefined || longContext === undefined) return prices
  return usage.inputTokens > contextTokens ? longContext : prices
}

function savedBy(usage: Usage, rates: Rates): number {
  const each = Math.max(0, rates.inputNanoCredits - rates.cachedInputNanoCredits)
  return Math.round(usage.cachedInputTokens * each)
}
