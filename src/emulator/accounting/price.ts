import { NANO } from '../accounts/account.ts'
import type { CatalogueModel, TierPrices } from '../catalogue/entry.ts'
import type { Usage } from './usage.ts'

/** `copilot_usage` as all three wires carry it. */
export interface CopilotUsage {
  readonly total_nano_aiu: number
  readonly token_details: readonly TokenDetail[]
}

interface TokenDetail {
  readonly token_type: 'input' | 'output' | 'cache_read' | 'cache_write'
  readonly token_count: number
  /** Billionths of a credit per `batch_size` tokens. */
  readonly cost_per_batch: number
  readonly batch_size: number
}

/** The price of an answer, to the billionth of a credit; every product here is an exact integer. */
export function copilotUsage(model: CatalogueModel, usage: Usage): CopilotUsage {
  const prices = model.entry.billing.token_prices
  if (!prices) return { total_nano_aiu: 0, token_details: [] }
  const tier = tierFor(prices.default, prices.long_context, usage.input)
  const batch = prices.batch_size
  const fresh = usage.input - usage.cacheRead - usage.cacheWrite
  const lines: TokenDetail[] = [
    line('input', fresh, tier.input_price, batch),
    line('output', usage.output, tier.output_price, batch),
    line('cache_read', usage.cacheRead, tier.cache_price, batch),
    line('cache_write', usage.cacheWrite, tier.cache_write_price ?? tier.input_price, batch),
  ]
  const details = lines.filter(
    (detail) =>
      detail.token_count > 0 || detail.token_type === 'input' || detail.token_type === 'output',
  )
  const total = details.reduce(
    (sum, detail) => sum + Math.round((detail.token_count * detail.cost_per_batch) / batch),
    0,
  )
  return { total_nano_aiu: total, token_details: details }
}

function tierFor(normal: TierPrices, long: TierPrices | undefined, input: number): TierPrices {
  return long && normal.context_max !== undefined && input > normal.context_max ? long : normal
}

function line(
  type: TokenDetail['token_type'],
  count: number,
  credits: number,
  batch: number,
): TokenDetail {
  return {
    token_type: type,
    token_count: count,
    cost_per_batch: Math.round(credits * NANO),
    batch_size: batch,
  }
}
