import { useLive } from '../data/live.ts'
import { duration } from '../data/format.ts'
import { Badge, Card, Empty } from '../parts/card.tsx'

/** Calls under way in the process that serves this page. */
export function LiveCard() {
  const { connected, open, closed } = useLive()
  return (
    <Card
      title="Live"
      note={
        <span aria-live="off">
          <span class={connected ? 'dot on' : 'dot'} aria-hidden="true" />{' '}
          {connected ? `${open.length} under way` : 'connecting…'}
        </span>
      }
    >
      {open.length === 0 && closed.length === 0 ? (
        <Empty title="Quiet.">Calls appear here as they begin, and go when they end.</Empty>
      ) : (
        <ul class="live">
          {open.slice(0, 12).map((call) => (
            <li key={call.id}>
              <span class="dot on" aria-hidden="true" />
              <span class="bar-name">{call.model || 'no model named'}</span>
              <span class="note">
                {call.dialect}
                {call.stream ? ', streaming' : ''}
              </span>
            </li>
          ))}
          {closed.map((call) => (
            <li key={`${call.id} closed`}>
              <span class="dot" aria-hidden="true" />
              <a class="bar-name" href={`#/requests/${encodeURIComponent(call.id)}`}>
                {call.model || 'no model'}
              </a>
              <span class="note">{duration(call.total_ms)}</span>
              {call.outcome !== 'ok' && <Badge tone="bad">{call.status || call.outcome}</Badge>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
