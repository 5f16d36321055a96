import type { Authenticator } from '../core/authenticator.ts'
import type { Clock } from '../core/clock.ts'
import type { Dialect } from '../core/dialect.ts'
import type { Engine } from '../core/engine.ts'
import type { JetwayError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { GatewaySettings } from '../core/settings.ts'
import type { InFlight } from './in-flight.ts'

/** A request that was answered before it became a call. */
export interface RefusedRequest {
  readonly id: string
  readonly method: string
  /** The route's own words, never the client's. */
  readonly route: string
  readonly error: JetwayError
}

/** All that handlers work with. */
export interface GatewayHouse {
  readonly engine: Engine
  readonly dialects: ReadonlyMap<string, Dialect>
  /** Read anew for each request, so that a changed configuration counts at once. */
  readonly settings: () => GatewaySettings
  readonly authenticator: Authenticator
  readonly inFlight: InFlight
  readonly clock: Clock
  /** Ids of requests that bring none. */
  readonly newId: (nowMs: number) => string
  readonly log: Log
  readonly onRefused: (refused: RefusedRequest) => void
}
