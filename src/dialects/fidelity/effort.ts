import type { Reasoning } from '../../core/conversation.ts'

/** From least to most; the words of all dialects together. */
const LADDER = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

/** The level of the model that is nearest to the word; the lower one of two. `undefined` when the model has none. */
export function nearestEffort(word: string, levels: readonly string[]): string | undefined {
  if (levels.includes(word)) return word
  const wanted = LADDER.indexOf(word as (typeof LADDER)[number])
  let best: string | undefined
  let bestDistance = Infinity
  for (const level of levels) {
    const place = LADDER.indexOf(level as (typeof LADDER)[number])
    // `none` turns reasoning off, which is more than less of it.
    if (place < 0 || (level === 'none' && word !== 'none')) continue
    const distance = Math.abs(place - (wanted < 0 ? LADDER.indexOf('medium') : wanted))
    if (distance >= bestDistance) continue
    best = level
    bestDistance = distance
  }
  return best
}

const BUDGETS: readonly (readonly [effort: string, tokens: number])[] = [
  ['minimal', 1_024],
  ['low', 2_048],
  ['medium', 8_192],
  ['high', 16_384],
  ['xhigh', 24_576],
  ['max', 32_000],
]

/** The budget in tokens that stands for an effort word. */
export function budgetFromEffort(effort: string): number {
  return BUDGETS.find(([word]) => word === effort)?.[1] ?? 8_192
}

/** The effort word that comes nearest to a budget in tokens. */
export function effortFromBudget(tokens: number): string {
  if (tokens <= 4_096) return 'low'
  return tokens <= 12_288 ? 'medium' : 'high'
}

/** What was asked for, as an effort word. `undefined`: on, and the model decides how much. */
export function effortOf(reasoning: Reasoning): string | undefined {
  if (reasoning.disabled) return 'none'
  if (reasoning.effort !== undefined) return reasoning.effort
  return reasoning.budgetTokens === undefined ? undefined : effortFromBudget(reasoning.budgetTokens)
}
