import { count, credits, duration } from '../data/format.ts'
import type { Explained } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Card, Loading, PageHead, Problem } from '../parts/card.tsx'
import { Table } from '../parts/table.tsx'

const ROWS: readonly (readonly [string, (call: Explained) => string])[] = [
  ['Model', (call) => call.model ?? call.model_asked],
  ['Outcome', (call) => `${call.outcome} ${call.status_code}`],
  ['Dialect → wire', (call) => `${call.dialect} → ${call.wire ?? 'none'}`],
  ['Why this wire', (call) => call.wire_reason ?? '–'],
  ['Initiator', (call) => call.initiator ?? '–'],
  ['Why this initiator', (call) => call.initiator_reason ?? '–'],
  ['Input tokens', (call) => count(call.prompt_tokens)],
  ['of these from cache', (call) => count(call.cached_tokens)],
  ['Output tokens', (call) => count(call.completion_tokens)],
  ['Credits', (call) => credits(call.spend_credits)],
  ['First byte', (call) => duration(call.first_byte_ms)],
  ['Total', (call) => duration(call.total_ms)],
  ['Attempts', (call) => String(call.attempts)],
  ['Rewrites', (call) => call.rewrites.map(({ field }) => field).join(', ') || 'none'],
  ['Degraded', (call) => call.degraded.join(', ') || 'nothing'],
]

export function ComparePage({ search }: { search: URLSearchParams }) {
  const first = useData<Explained>(`/v1/requests/${encodeURIComponent(search.get('a') ?? '')}`)
  const second = useData<Explained>(`/v1/requests/${encodeURIComponent(search.get('b') ?? '')}`)
  const problem = first.problem ?? second.problem
  return (
    <>
      <PageHead title="Two requests" note={<a href="#/requests">← All requests</a>} />
      <Card>
        {problem !== undefined && <Problem text={problem} />}
        {!first.value || !second.value ? (
          <Loading />
        ) : (
          <Comparison calls={[first.value, second.value]} />
        )}
      </Card>
    </>
  )
}

function Comparison({ calls: [first, second] }: { calls: readonly [Explained, Explained] }) {
  return (
    <Table
      label="Comparison"
      rows={ROWS}
      keyOf={([name]) => name}
      columns={[
        { title: 'What', show: ([name]) => name },
        { title: 'First', show: ([, read]) => read(first) },
        { title: 'Second', show: ([, read]) => <Changed from={read(first)} to={read(second)} /> },
      ]}
    />
  )
}

function Changed({ from, to }: { from: string; to: string }) {
  return from === to ? <>{to}</> : <strong>{to}</strong>
}
