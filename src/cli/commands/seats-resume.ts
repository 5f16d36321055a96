import { systemClock } from '../../core/clock.ts'
import { createNote } from '../../policy/admin/note.ts'
import type { Stop } from '../../policy/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { findStorePlace, requireStore } from '../store/store-place.ts'
import { ACTOR } from '../store/with-keys.ts'
import { withStore } from '../store/with-store.ts'

/** On the store itself; a running gateway notices within a second. */
export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal } = context
  const place = await findStorePlace(context, input)
  requireStore(place)
  const [name] = input.arguments
  const stop = await withStore(context, place, async (store) => {
    const { audit, changes, stops } = store
    const found = chosen(await stops.list(), name)
    await stops.delete(found.scope)
    const onChange = (): void => {
      changes.announce()
    }
    const note = createNote({ audit, clock: systemClock, onChange })
    await note(ACTOR, 'seat.resume', found.scope, { reason: found.reason })
    return found
  })
  if (input.options.has('json')) {
    await terminal.print(`${JSON.stringify({ resumed: stop.scope, reason: stop.reason })}\n`)
    return
  }
  await terminal.print(`${stop.scope}\n`)
  terminal.say(
    `It was stopped at ${new Date(stop.atMs).toISOString()}: ${stop.detail}. A running gateway takes its calls again within a second.`,
  )
}

/** By the whole scope, or by the id alone. */
function chosen(stops: readonly Stop[], name: string | undefined): Stop {
  const found =
    name === undefined
      ? stops
      : stops.filter(({ scope }) => scope === name || scope.replace(/^\w+:/, '') === name)
  const [first] = found
  if (first && found.length === 1) return first
  const all = stops.map(({ scope }) => scope).join(', ')
  if (first) throw new ExitError(EXIT.usage, `which one? Stopped are ${all}`)
  throw new ExitError(
    EXIT.failed,
    stops.length === 0 ? 'nothing is stopped' : `${name ?? ''} is not stopped; stopped are ${all}`,
  )
}
