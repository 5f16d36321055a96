import { systemClock } from '../../core/clock.ts'
import { silentLog } from '../../core/log.ts'
import { openStore } from '../../store/index.ts'
import type { CommandInput } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { findStorePlace } from '../store/store-place.ts'
import type { Finding, Patient } from './finding.ts'
import { good, problem, unknown } from './finding.ts'

/** What ran wild and waits for a person. */
export async function checkStops(
  patient: Patient,
  input: CommandInput,
): Promise<readonly Finding[]> {
  if (!patient.local) return [unknown('stops', 'the configuration names the store')]
  // What is wrong with the place itself the check of the store says.
  const place = await findStorePlace(patient, input).catch(() => undefined)
  if (!place) return [unknown('stops', 'the store cannot be asked')]
  const { absent, location } = place
  if (absent) return [good('stops', 'nothing is stopped')]
  const migrations = 'refuse'
  const store = await openStore({ location, clock: systemClock, log: silentLog, migrations }).catch(
    () => undefined,
  )
  if (!store) return [unknown('stops', 'the store cannot be asked')]
  try {
    const stops = await store.stops.list()
    if (stops.length === 0) return [good('stops', 'nothing is stopped')]
    return stops.map(({ scope, detail, atMs }) =>
      problem(
        'stops',
        `${scope} is stopped since ${new Date(atMs).toISOString()}: ${detail}`,
        `look at what its client does, then: jetway seats resume ${scope}`,
        EXIT.limit,
      ),
    )
  } finally {
    await store.close()
  }
}
