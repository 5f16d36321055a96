import { systemClock } from '../../core/clock.ts'
import { openStore } from '../../store/index.ts'
import type { Store } from '../../store/index.ts'
import type { CommandContext } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { terminalLog } from '../terminal-log.ts'
import type { StorePlace } from './store-place.ts'

/** Works on the gateway's store beside it, whether it runs or not. What waits on disk for the database is left to the gateway. */
export async function withStore<T>(
  { terminal }: Pick<CommandContext, 'terminal'>,
  { location, redisUrl, shown, environment }: StorePlace,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const log = { ...terminalLog(terminal), error: () => {} }
  const migrations = environment['JETWAY_MIGRATIONS'] === 'refuse' ? 'refuse' : 'apply'
  const store = await openStore({ location, redisUrl, clock: systemClock, log, migrations })
  try {
    await store.ready().catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ExitError(EXIT.unreachable, `${shown}: ${reason}`, { cause })
    })
    return await use(store)
  } finally {
    await store.close()
  }
}
