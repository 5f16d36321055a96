import type { Seat } from '../../policy/seats/seat.ts'
import type { Stop } from '../../policy/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { findStorePlace, requireStore } from '../store/store-place.ts'
import { withStore } from '../store/with-store.ts'
import type { Column } from '../table-text.ts'
import { tableText } from '../table-text.ts'

interface Row {
  readonly scope: string
  readonly user: string
  readonly login: string
  readonly state: string
  readonly stop: Stop | undefined
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'SEAT', text: ({ scope }) => scope },
  { title: 'USER', text: ({ user }) => user },
  { title: 'GITHUB', text: ({ login }) => login },
  { title: 'STATE', text: ({ state }) => state },
  { title: 'WHY', text: ({ stop }) => stop?.detail ?? '' },
]

/** Seats that people have connected, and whatever is stopped: also the gateway's own seat, and keys. */
export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal } = context
  const place = await findStorePlace(context, input)
  requireStore(place)
  const { seats, stops } = await withStore(context, place, async (store) => ({
    seats: await store.seats.list(),
    stops: await store.stops.list(),
  }))
  const rows = rowsOf(seats, stops)
  if (input.options.has('json')) {
    const answers = rows.map(({ scope, user, login, state, stop }) => ({
      scope,
      user_id: user,
      github_login: login,
      state,
      reason: stop?.reason,
      detail: stop?.detail,
      stopped_at: stop && new Date(stop.atMs).toISOString(),
    }))
    await terminal.print(`${JSON.stringify({ seats: answers })}\n`)
    return
  }
  if (rows.length === 0) {
    terminal.say('Nobody has connected a seat, and nothing is stopped.')
    return
  }
  await terminal.print(tableText(rows, COLUMNS))
}

function rowsOf(seats: readonly Seat[], stops: readonly Stop[]): readonly Row[] {
  const stopped = new Map(stops.map((stop) => [stop.scope, stop]))
  const connected = seats.map((seat): Row => {
    const scope = `seat:${seat.id}`
    const stop = stopped.get(scope)
    stopped.delete(scope)
    return {
      scope,
      user: seat.userId ?? '-',
      login: seat.githubLogin ?? '-',
      state: stop ? 'stopped' : seat.state,
      stop,
    }
  })
  const others = [...stopped.values()].map((stop): Row => ({
    scope: stop.scope,
    user: '-',
    login: '-',
    state: 'stopped',
    stop,
  }))
  return [...others, ...connected]
}
