import { useState } from 'preact/hooks'
import { ask } from '../data/api.ts'
import { dateOf } from '../data/format.ts'
import type { OwnSeat, Person, Seat, Session } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Badge, Card, Empty, Loaded, PageHead } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Table } from '../parts/table.tsx'
import { ConnectSeat } from './connect-seat.tsx'

export function SeatsPage({ session }: { session: Session }) {
  const seats = useData<{ seats: readonly Seat[] }>('/seats')
  const own = useData<OwnSeat>('/ui/api/seat')
  const people = useData<{ users: readonly Person[] }>(
    session.role === 'administrator' ? '/user/list?limit=1000' : undefined,
  )
  const [connecting, setConnecting] = useState(false)
  const [leaving, setLeaving] = useState<Seat>()
  const reload = (): void => {
    seats.reload()
    own.reload()
  }
  return (
    <>
      <PageHead title="Seats" note="Whose GitHub Copilot seat pays for whose calls.">
        <button type="button" class="primary" onClick={() => setConnecting(true)}>
          Connect a seat
        </button>
      </PageHead>
      <Card title="The seat of your calls">
        <Loaded data={own}>
          {(seat) => (
            <>
              <p>
                <Badge tone={seat.signed_in ? 'good' : 'warn'}>
                  {seat.signed_in ? 'signed in' : 'not signed in'}
                </Badge>{' '}
                {[seat.login, seat.plan, seat.host].filter(Boolean).join(' · ')}
              </p>
              {seat.problem !== null && <p class="note">{seat.problem}</p>}
            </>
          )}
        </Loaded>
      </Card>
      <Card title="Connected seats">
        <Loaded data={seats}>
          {({ seats: rows }) =>
            rows.length === 0 ? (
              <Empty title="No seat is connected.">
                Connect one: GitHub shows a code to enter, and the calls of that person’s keys are
                then paid by the person’s own seat.
              </Empty>
            ) : (
              <Seats rows={rows} onDisconnect={setLeaving} />
            )
          }
        </Loaded>
      </Card>
      {connecting && (
        <ConnectSeat
          session={session}
          people={people.value?.users ?? []}
          onClose={() => {
            setConnecting(false)
            reload()
          }}
        />
      )}
      {leaving && (
        <Confirm
          title={`Disconnect ${leaving.github_login ?? leaving.user_id ?? 'the seat'}`}
          action="Disconnect"
          onClose={() => setLeaving(undefined)}
          onDo={async () => {
            const name = encodeURIComponent(leaving.user_id ?? '')
            await ask(`/seats/${name}`, { method: 'DELETE' })
            reload()
          }}
        >
          Its token is deleted here. At GitHub it is revoked under Settings, Applications.
        </Confirm>
      )}
    </>
  )
}

function Seats({
  rows,
  onDisconnect,
}: {
  rows: readonly Seat[]
  onDisconnect: (seat: Seat) => void
}) {
  return (
    <Table
      label="Seats"
      rows={rows}
      keyOf={(seat) => seat.seat_id}
      columns={[
        {
          title: 'GitHub',
          show: (seat) => (
            <>
              <strong>{seat.github_login ?? 'unknown'}</strong>
              <div class="note">{seat.host}</div>
            </>
          ),
        },
        { title: 'Person', show: (seat) => seat.user_id ?? 'the organisation' },
        { title: 'Plan', show: (seat) => seat.plan ?? '–', extra: true },
        {
          title: 'State',
          show: (seat) => (
            <>
              <Badge tone={seat.status === 'connected' ? 'good' : 'warn'}>
                {seat.status.replaceAll('_', ' ')}
              </Badge>
              {seat.detail !== null && <div class="note">{seat.detail}</div>}
            </>
          ),
        },
        { title: 'Since', show: (seat) => dateOf(seat.connected_at), extra: true },
        {
          title: 'Actions',
          show: (seat) =>
            seat.user_id !== null && (
              <button
                type="button"
                class="small"
                aria-label={`Disconnect ${seat.user_id}`}
                onClick={() => onDisconnect(seat)}
              >
                Disconnect
              </button>
            ),
        },
      ]}
    />
  )
}
