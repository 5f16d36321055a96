import { systemClock } from '../../core/clock.ts'
import { createKeyAdministration } from '../../policy/index.ts'
import type { KeyAdministration } from '../../policy/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { findStorePlace } from './store-place.ts'
import { withStore } from './with-store.ts'

/** As the audit log names whoever has this machine's shell. */
export const ACTOR = 'command'

/** Keys as administrators handle them, on the store itself. A running gateway notices within a second. */
export async function withKeys<T>(
  context: CommandContext,
  input: CommandInput,
  use: (keys: KeyAdministration) => Promise<T>,
): Promise<T> {
  const place = await findStorePlace(context, input)
  return withStore(context, place, (store) => {
    const { keys, budgets, ledger, audit, changes } = store
    const onChange = (): void => {
      changes.announce()
    }
    return use(
      createKeyAdministration({ keys, budgets, ledger, audit, clock: systemClock, onChange }),
    )
  })
}
