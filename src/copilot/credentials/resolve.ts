import type { Clock } from '../../core/clock.ts'
import type { Environment } from '../environment.ts'
import type { TokenLocations } from '../files/locations.ts'
import type { Credential, SkippedSource } from './credential.ts'
import { discover } from './discovery/discover.ts'
import { credentialFromApiKey } from './environment-api-key.ts'
import { credentialFromEnvironment } from './environment-token.ts'
import { credentialFromText } from './explicit.ts'
import { credentialFromFiles } from './stored.ts'

export interface Resolution {
  readonly credential: Credential | undefined
  /** Other tools' sign-ins that were found and are of no use, and why. */
  readonly skipped: readonly SkippedSource[]
}

/** Whose credential is used on this machine, in the documented order. Rejects when the one that comes first cannot be used. */
export async function resolveOwnCredential(options: {
  readonly environment: Environment
  readonly locations: TokenLocations
  readonly host: string
  readonly clock: Clock
  /** Given with the client or the deployment. */
  readonly explicit?: string | undefined
  /** Signed in during this process, where it could not be stored. */
  readonly remembered?: Credential | undefined
}): Promise<Resolution> {
  const { environment, locations, host, clock, explicit, remembered } = options
  const nowMs = clock.now()
  const given =
    explicit === undefined
      ? undefined
      : credentialFromText(explicit, 'the api_key given', { source: 'option', host })
  const credential =
    given ??
    credentialFromApiKey(environment, host, nowMs) ??
    credentialFromEnvironment(environment, host) ??
    remembered ??
    (await credentialFromFiles(locations, host, nowMs))
  if (credential) return { credential, skipped: [] }
  return discover(environment, host, locations.folder)
}
