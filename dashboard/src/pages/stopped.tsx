import { useState } from 'preact/hooks'
import { ask } from '../data/api.ts'
import { dateOf } from '../data/format.ts'
import type { Stop } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Badge, Card } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'

/** What ran wild and waits for a person; nothing at all where nothing did. */
export function Stopped() {
  const stops = useData<{ stops: readonly Stop[] }>('/seats/stops')
  const [lifting, setLifting] = useState<Stop>()
  const found = stops.value?.stops ?? []
  if (found.length === 0) return null
  return (
    <Card
      title="Stopped"
      note="To protect the account: look at what the client does, then lift it."
    >
      {found.map((stop) => (
        <p key={stop.scope}>
          <Badge tone="warn">{stop.scope}</Badge> {stop.detail}, {dateOf(stop.stopped_at)}{' '}
          <button
            type="button"
            class="small"
            aria-label={`Resume ${stop.scope}`}
            onClick={() => setLifting(stop)}
          >
            Resume
          </button>
        </p>
      ))}
      {lifting && (
        <Confirm
          title={`Resume ${lifting.scope}`}
          action="Resume"
          onClose={() => setLifting(undefined)}
          onDo={async () => {
            await ask('/seats/resume', { method: 'POST', body: { scope: lifting.scope } })
            stops.reload()
          }}
        >
          Its calls go to GitHub again at once. {lifting.detail}: is that over?
        </Confirm>
      )}
    </Card>
  )
}
