import { describe, expect, test } from 'vitest'
import type { TokenPrices } from '../../core/model.ts'
import type { Usage } from '../../core/usage.ts'
import { costOf } from './cost.ts'

const prices: TokenPrices = {
  inputNanoCredits: 100,
  cachedInputNanoCredits: 10,
  cacheWriteNanoCredits: 125,
  outputNanoCredits: 1000,
  contextTokens: 1000,
  longContext: {
    inputNanoCredits: 200,
    cachedInputNanoCredits: 20,
    cacheWriteNanoCredits: 250,
    outputNanoCredits: 1500,
  },
}

function usage(changes: Partial<Usage> = {}): Usage {
  return {
    inputTokens: 100,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 10,
    reasoningTokens: 0,
    ...changes,
  }
}

describe('what a call cost', () => {
  const cases: readonly (readonly [string, Usage | undefined, TokenPrices | undefined, unknown])[] =
    [
      ['nothing is known of a call without usage', undefined, prices, undefined],
      ['nor of a model without prices', usage(), undefined, undefined],
      [
        'fresh tokens',
        usage(),
        prices,
        { nanoCredits: 100 * 100 + 10 * 1000, source: 'estimate', savedNanoCredits: 0 },
      ],
      [
        'cached and cache-written ones are parts of the input',
        usage({ cachedInputTokens: 60, cacheWriteTokens: 20 }),
        prices,
        {
          nanoCredits: 20 * 100 + 60 * 10 + 20 * 125 + 10 * 1000,
          source: 'estimate',
          savedNanoCredits: 60 * 90,
        },
      ],
      [
        'a long prompt is dearer as a whole',
        usage({ inputTokens: 1001, cachedInputTokens: 1000 }),
        prices,
        { nanoCredits: 200 + 1000 * 20 + 10 * 1500, source: 'estimate', savedNanoCredits: 180_000 },
      ],
      [
        'one at the threshold is not',
        usage({ inputTokens: 1000 }),
        prices,
        { nanoCredits: 110_000, source: 'estimate', savedNanoCredits: 0 },
      ],
      [
        'what the upstream billed is what it cost',
        usage({ nanoCredits: 7, cachedInputTokens: 10 }),
        prices,
        { nanoCredits: 7, source: 'upstream', savedNanoCredits: 900 },
      ],
      [
        'also where no prices are known',
        usage({ nanoCredits: 0 }),
        undefined,
        { nanoCredits: 0, source: 'upstream', savedNanoCredits: 0 },
      ],
      [
        'an upstream that counts more cached than read costs nothing below zero',
        usage({ inputTokens: 5, cachedInputTokens: 10, outputTokens: 0 }),
        prices,
        { nanoCredits: 100, source: 'estimate', savedNanoCredits: 900 },
      ],
    ]
  for (const [name, used, rates, expected] of cases) {
    test(name, () => {
      expect(costOf(used, rates)).toEqual(expected)
    })
  }
})
