import type { Quota, QuotaItem } from '../../sdk/types/quota.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { tableText } from '../table-text.ts'
import { withClient } from '../with-client.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const quota = await withClient(context, (client) => client.getQuota({ signal: context.signal }))
  const { terminal } = context
  if (input.options.has('json')) {
    await terminal.print(`${JSON.stringify(quota)}\n`)
    return
  }
  await terminal.print(quotaTable(quota))
  for (const [name, { percent_remaining, resets_at }] of Object.entries(quota.limits)) {
    const until = resets_at === undefined ? '' : `, starts again ${resets_at}`
    await terminal.print(`${name} limit: ${percent_remaining.toFixed(1)} % left${until}\n`)
  }
  terminal.say(aboutAccount(quota))
}

function quotaTable(quota: Quota): string {
  return tableText(Object.entries(quota.quotas), [
    { title: 'QUOTA', text: ([name]) => name },
    { title: 'LEFT', text: ([, item]) => left(item), right: true },
    { title: 'OF', text: ([, { entitlement }]) => String(entitlement ?? '-'), right: true },
    { title: 'OVERAGE', text: ([, item]) => overage(item) },
  ])
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

function round(amount: number): string {
  return String(Math.round(amount * 100) / 100)
}

function aboutAccount({ login, plan, token_based_billing, resets_at }: Quota): string {
  const parts = [
    login,
    plan === undefined ? undefined : `plan ${plan}`,
    token_based_billing ? 'billed by tokens (AI credits)' : 'billed by request',
    resets_at === undefined ? undefined : `starts again ${resets_at}`,
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}
