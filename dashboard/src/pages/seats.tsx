import { useState } from 'preact/hooks'
import { ask } from '../data/api.ts'
import { dateOf } from '../data/format.ts'
import type { OwnSeat, Person, Seat, Session } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Badge, Card, Empty, Loaded, PageHead } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { ManagedList, Named } from '../parts/managed-list.tsx'
import type { Column } from '../parts/table.tsx'
import { ConnectSeat } from './connect-seat.tsx'
import { Stopped } from './stopped.tsx'

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
      <Stopped />
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
      <ManagedList
        label="Seats"
        title="Connected seats"
        data={seats}
        rowsOf={({ seats: rows }) => rows}
        keyOf={(seat) => seat.seat_id}
        nameOf={(seat) => seat.user_id ?? 'the organisation'}
        columns={COLUMNS}
        actions={[
          {
            label: (seat) => (seat.user_id === null ? undefined : 'Disconnect'),
            press: setLeaving,
          },
        ]}
        empty={
          <Empty title="No seat is connected.">
            Connect one: GitHub shows a code to enter, and the calls of that person’s keys are then
            paid by the person’s own seat.
          </Empty>
        }
      />
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

const COLUMNS: readonly Column<Seat>[] = [
  {
    title: 'GitHub',
    show: (seat) => <Named name={seat.github_login ?? 'unknown'} note={seat.host} />,
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
]
