import type { SeatId } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { HttpClient } from '../core/http.ts'
import type { Random } from '../core/random.ts'
import type { CopilotSettings } from '../core/settings.ts'
import type { Environment } from './environment.ts'
import type { Log } from './log.ts'
import type { GrantRequest } from './token/grant.ts'
import type { TokenShare } from './token/share.ts'

export interface CopilotOptions {
  readonly http: HttpClient
  readonly clock: Clock
  readonly random: Random
  /** `process.env`, or whatever stands for it. */
  readonly environment: Environment
  readonly settings: CopilotSettings
  /** The token of whoever runs this process, given in code: comes before every other source. */
  readonly credential?: string | undefined
  /** Other people's seats; without it there is only one's own. */
  readonly seats?: SeatCredentials | undefined
  /** Exchanged tokens of seats that have no files here, shared between replicas. */
  readonly shared?: TokenShare | undefined
  readonly log?: Log | undefined
  /** Hears of every token that was asked for, whatever became of it. */
  readonly onRefresh?: ((refresh: Refresh) => void) | undefined
}

export interface Refresh {
  readonly reason: GrantRequest['reason']
  readonly ok: boolean
}

/** Who keeps other people's sign-ins. */
interface SeatCredentials {
  /** `undefined`: this seat is not connected. */
  credential(seat: SeatId, refused?: string): Promise<GitHubCredential | undefined>
}

/** A GitHub token as a device flow gave it. */
export interface GitHubCredential {
  readonly token: string
  /** @default the configured host */
  readonly host?: string | undefined
  readonly login?: string | undefined
  /** Milliseconds since 1970, where another follows it then. */
  readonly expiresAtMs?: number | undefined
}
