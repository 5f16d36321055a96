import { useMemo, useState } from 'preact/hooks'
import {
  compact,
  credits,
  count,
  dayText,
  daysAgo,
  dollars,
  duration,
  percent,
  several,
} from '../data/format.ts'
import { firstByteOverTime, forecast, median, pointsByDay, total } from '../data/sums.ts'
import type { Measure } from '../data/sums.ts'
import type { CallRow, Key, Session, Summary } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Bars } from '../parts/bars.tsx'
import type { Bar } from '../parts/bars.tsx'
import { Card, Empty, Loaded, PageHead, Stat } from '../parts/card.tsx'
import { Chart } from '../parts/chart.tsx'
import { Code } from '../parts/copy.tsx'
import { LiveCard } from './live-card.tsx'
import { QuotaCard } from './quota-card.tsx'

const DAYS = [7, 30, 90] as const
const RECENT = 500
const SHOWN = 6
const MEASURES: readonly (readonly [Measure, string, (value: number) => string])[] = [
  ['spend_credits', 'Credits', credits],
  ['calls', 'Requests', compact],
  ['total_tokens', 'Tokens', compact],
  ['failed', 'Errors', compact],
]

interface Sums {
  readonly summary: readonly Summary[]
}

export function OverviewPage({ session }: { session: Session }) {
  const [days, setDays] = useState<number>(30)
  const range = `start_date=${daysAgo(days - 1)}`
  // The month too, where it began earlier than the range.
  const monthStart = `${dayText(Date.now()).slice(0, 7)}-01`
  const earliest = monthStart < daysAgo(days - 1) ? monthStart : daysAgo(days - 1)
  const byDay = useData<Sums>(`/spend/summary?by=day&start_date=${earliest}`)
  const recent = useData<{ logs: readonly CallRow[] }>(`/spend/logs?limit=${RECENT}`)
  return (
    <>
      <PageHead title="Overview">
        <label class="inline">
          <span class="note">Range</span>
          <select
            value={String(days)}
            onChange={({ currentTarget }) => {
              setDays(Number(currentTarget.value))
            }}
          >
            {DAYS.map((one) => (
              <option value={String(one)} key={one}>
                {one} days
              </option>
            ))}
          </select>
        </label>
      </PageHead>
      <Loaded data={byDay}>
        {({ summary }) => (
          <>
            <Totals rows={summary} recent={recent.value?.logs ?? []} />
            {summary.length === 0 ? <FirstCall /> : <OverTime rows={summary} days={days} />}
          </>
        )}
      </Loaded>
      <div class="columns">
        <QuotaCard month={byDay.value && forecast(byDay.value.summary)} />
        <LiveCard />
        <Card title="Time to first byte" note={`Median, from the latest ${RECENT} requests`}>
          <Loaded data={recent}>{({ logs }) => <FirstByte calls={logs} />}</Loaded>
        </Card>
        <Breakdown by="model" title="By model" range={range} />
        <Breakdown by="key" title="By key" range={range} />
        {session.role === 'administrator' && (
          <Breakdown by="user" title="By person" range={range} />
        )}
      </div>
    </>
  )
}

function Totals({ rows, recent }: { rows: readonly Summary[]; recent: readonly CallRow[] }) {
  const today = rows.filter((row) => row.day === dayText(Date.now()))
  const { spent, atMonthsEnd } = forecast(rows)
  const firstBytes = recent
    .filter((call) => call.outcome === 'ok' && call.first_byte_ms !== null)
    .map((call) => call.first_byte_ms ?? 0)
  const cached = total(rows, 'cached_tokens')
  return (
    <dl class="stats">
      <Stat
        label="Credits today"
        value={credits(total(today, 'spend_credits'))}
        note={several(total(today, 'calls'), 'request')}
      />
      <Stat
        label="This month"
        value={credits(spent)}
        note={`${dollars(spent)} · about ${credits(atMonthsEnd)} by its end`}
      />
      <Stat
        label="Errors"
        value={percent(total(rows, 'failed'), total(rows, 'calls'))}
        note={`${count(total(rows, 'failed'))} of ${count(total(rows, 'calls'))}`}
      />
      <Stat
        label="First byte"
        value={firstBytes.length === 0 ? '–' : duration(median(firstBytes))}
        note="median"
      />
      <Stat
        label="Saved by caching"
        value={credits(total(rows, 'saved_credits'))}
        note={`${percent(cached, total(rows, 'prompt_tokens'))} of input came from a cache`}
      />
    </dl>
  )
}

function OverTime({ rows, days }: { rows: readonly Summary[]; days: number }) {
  const [measure, setMeasure] = useState<Measure>('spend_credits')
  const points = useMemo(() => pointsByDay(rows, days, measure), [rows, days, measure])
  const [, name, format] = MEASURES.find(([one]) => one === measure) ?? MEASURES[0]!
  return (
    <Card
      title="Over time"
      note="By day, UTC"
      actions={
        <div class="tabs" role="group" aria-label="What is shown">
          {MEASURES.map(([one, label]) => (
            <button
              type="button"
              key={one}
              aria-pressed={one === measure}
              onClick={() => {
                setMeasure(one)
              }}
            >
              {label}
            </button>
          ))}
        </div>
      }
    >
      <Chart
        title={`${name} by day`}
        points={points}
        bars
        tone={measure === 'failed' ? 'bad' : 'accent'}
        format={format}
        label={(at) => dayText(at * 1000)}
      />
    </Card>
  )
}

function FirstByte({ calls }: { calls: readonly CallRow[] }) {
  const points = useMemo(() => firstByteOverTime(calls), [calls])
  if (points.length < 2) {
    return (
      <Empty title="Too few requests yet.">Two or more, some seconds apart, draw a line.</Empty>
    )
  }
  return (
    <Chart
      title="Time to first byte"
      points={points}
      format={duration}
      label={(at) => new Date(at * 1000).toLocaleString()}
    />
  )
}

function Breakdown(props: { by: 'model' | 'key' | 'user'; title: string; range: string }) {
  const { by, title, range } = props
  const data = useData<Sums>(`/spend/summary?by=${by}&${range}`)
  const keys = useData<{ keys: readonly Key[] }>(by === 'key' ? '/key/list?limit=1000' : undefined)
  const nameOf = (row: Summary): string => {
    if (by === 'model') return row.model || 'no model'
    if (by === 'user') return row.user_id || 'nobody'
    const key = keys.value?.keys.find(({ key_id: id }) => id === row.key_id)
    return key?.key_alias ?? key?.key_name ?? (row.key_id || 'master key')
  }
  const bars = (data.value?.summary ?? [])
    .map((row): Bar => {
      const note = `${several(row.calls, 'request')} · ${several(row.total_tokens, 'token')}`
      return { name: nameOf(row), value: row.spend_credits, note }
    })
    .sort((first, second) => second.value - first.value)
    .slice(0, SHOWN)
  return (
    <Card title={title} note={`The ${SHOWN} that cost most`}>
      <Loaded data={data}>
        {() =>
          bars.length === 0 ? <Empty title="Nothing yet." /> : <Bars bars={bars} unit="credits" />
        }
      </Loaded>
    </Card>
  )
}

function FirstCall() {
  return (
    <Card title="No requests yet">
      <p class="note">
        Point any tool at this gateway, or try the <a href="#/playground">playground</a>. From a
        shell:
      </p>
      <Code
        text={`curl ${location.origin}/v1/chat/completions \\
  -H 'authorization: Bearer YOUR_KEY' -H 'content-type: application/json' \\
  -d '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Say hello"}]}'`}
      />
    </Card>
  )
}
