import { credits, dateOf } from '../data/format.ts'
import type { Forecast } from '../data/sums.ts'
import type { Quota, QuotaSnapshot } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Card, Empty, Loaded } from '../parts/card.tsx'

const NAMES: Readonly<Record<string, string>> = {
  premium_interactions: 'Premium requests',
  premium_models: 'Premium models',
  chat: 'Chat',
  completions: 'Completions',
}

/** What the seat behind these calls has left, as GitHub says it. */
export function QuotaCard({ month }: { month: Forecast | undefined }) {
  const quota = useData<Quota>('/ui/api/quota')
  return (
    <Card title="Quota of the seat" note={quota.value && whose(quota.value)}>
      <Loaded data={quota}>{(value) => <Snapshots quota={value} month={month} />}</Loaded>
    </Card>
  )
}

function whose({ login, plan, resetsAt }: Quota): string {
  const reset = resetsAt === undefined ? '' : `resets ${dateOf(resetsAt)}`
  return [login, plan, reset].filter(Boolean).join(' · ')
}

function Snapshots({ quota, month }: { quota: Quota; month: Forecast | undefined }) {
  const entries = Object.entries(quota.snapshots)
  if (entries.length === 0) return <Empty title="GitHub told no quota for this seat." />
  return (
    <>
      <ul class="bars">
        {entries.map(([name, snapshot]) => (
          <Snapshot
            name={
              quota.tokenBasedBilling && name === 'premium_interactions'
                ? 'AI credits'
                : (NAMES[name] ?? name)
            }
            snapshot={snapshot}
            key={name}
          />
        ))}
      </ul>
      {month && (
        <p class="note">
          This gateway used {credits(month.spent)} credits this month; at this pace it will be{' '}
          {credits(month.atMonthsEnd)} by its end.
        </p>
      )}
    </>
  )
}

function Snapshot({ name, snapshot }: { name: string; snapshot: QuotaSnapshot }) {
  const { unlimited, entitlement, remaining, percentRemaining } = snapshot
  const left = Math.min(Math.max(percentRemaining, 0), 100)
  const words = unlimited
    ? 'unlimited'
    : entitlement === undefined || remaining === undefined
      ? `${Math.round(left)} % left`
      : `${credits(remaining)} of ${credits(entitlement)} left`
  return (
    <li>
      <div class="bar-line">
        <span>{name}</span>
        <span class="bar-value">{words}</span>
      </div>
      {!unlimited && (
        <div class={left < 10 ? 'bar low' : 'bar'} aria-hidden="true">
          <div style={{ width: `${left}%` }} />
        </div>
      )}
    </li>
  )
}
