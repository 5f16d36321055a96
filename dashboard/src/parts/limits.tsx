import { credits, dateOf } from '../data/format.ts'
import type { Limited } from '../data/types.ts'

const PERIODS: Readonly<Record<string, string>> = {
  '1d': 'a day',
  '7d': 'a week',
  '1w': 'a week',
  '1mo': 'a month',
}

/** Spent, of how much, until when. */
export function Budget({ of }: { of: Limited }) {
  const { spend_credits: spent, max_budget_credits: most, budget_duration: period } = of
  if (most === null) return <>{credits(spent)}</>
  const share = most === 0 ? 100 : Math.min((spent / most) * 100, 100)
  return (
    <div class="budget">
      {credits(spent)} of {credits(most)}
      {period === null ? '' : ` ${PERIODS[period] ?? `each ${period}`}`}
      <div class={share > 90 ? 'bar low' : 'bar'} aria-hidden="true">
        <div style={{ width: `${share}%` }} />
      </div>
      {of.budget_reset_at !== null && (
        <span class="note">returns {dateOf(of.budget_reset_at)}</span>
      )}
    </div>
  )
}

export function modelsText(models: readonly string[]): string {
  return models.length === 0 ? 'all' : models.join(', ')
}

/** Without what was left empty, for making something new. */
export function given(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
}
