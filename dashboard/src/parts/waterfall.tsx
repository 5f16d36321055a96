import { duration } from '../data/format.ts'
import type { Explained } from '../data/types.ts'
import { Badge } from './card.tsx'

/** Attempts as bars on one line of time; every number also stands in words. */
export function Waterfall({ call }: { call: Explained }) {
  const end = Math.max(
    call.total_ms,
    ...call.attempt_list.map(({ startedMs, durationMs }) => startedMs + durationMs),
    1,
  )
  return (
    <ol class="waterfall">
      {call.attempt_list.map((attempt) => {
        const left = (attempt.startedMs / end) * 100
        const width = Math.max((attempt.durationMs / end) * 100, 0.5)
        const good = attempt.status >= 200 && attempt.status < 400
        return (
          <li key={attempt.number}>
            <div class="bar-line">
              <span>
                {attempt.number}. {attempt.model} on {attempt.wire}, as {attempt.initiator}
              </span>
              <span class="bar-value">
                <Badge tone={good ? 'good' : 'bad'}>{attempt.status || 'no answer'}</Badge>
              </span>
            </div>
            <div class="lane" aria-hidden="true">
              <div
                class={good ? '' : 'bad'}
                style={{ marginLeft: `${left}%`, width: `${Math.min(width, 100 - left)}%` }}
              />
            </div>
            <div class="note">
              began after {duration(attempt.startedMs)}, took {duration(attempt.durationMs)}
              {attempt.error === undefined ? '' : ` · ${attempt.error}`}
              {attempt.next === undefined ? '' : ` → ${attempt.next}`}
            </div>
          </li>
        )
      })}
    </ol>
  )
}
