import type { Quota, QuotaItem } from '../../sdk/types/quota.ts'
import { tableText } from '../table-text.ts'

export function quotaText(quota: Quota): string {
  const table = tableText(Object.entries(quota.quotas), [
    { title: 'QUOTA', text: ([name]) => name },
    { title: 'LEFT', text: ([, item]) => left(item), right: true },
    { title: 'OF', text: ([, { entitlement }]) => String(entitlement ?? '-'), right: true },
    { title: 'OVERAGE', text: ([, item]) => overage(item) },
  ])
  const limits = Object.entries(quota.limits).map(([name, { percent_remaining, resets_at }]) => {
    const until = resets_at === undefined ? '' : `, starts again ${resets_at}`
    return `${name} limit: ${percent_remaining.toFixed(1)} % left${until}\n`
  })
  return [table, ...limits].join('')
}

function left({ unlimited, remaining, percent_remaining }: QuotaItem): string {
  if (unlimited) return 'unlimited'
  const percent = `${percent_remaining.toFixed(1)} %`
  return remaining === undefined ? percent : `${round(remaining)} (${percent})`
}

function overage({ unlimited, overage_permitted, overage_used }: QuotaItem): string {
  if (unlimited) return '-'
  return overage_permitted ? `${round(overage_used)} used` : 'not allowed'
}

export function round(amount: number): string {
  return String(Math.round(amount * 100) / 100)
}

export function aboutAccount({ login, plan, token_based_billing, resets_at }: Quota): string {
  const parts = [
    login,
    plan === undefined ? undefined : `plan ${plan}`,
    token_based_billing ? 'billed by tokens (AI credits)' : 'billed by request',
    resets_at === undefined ? undefined : `starts again ${resets_at}`,
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}
