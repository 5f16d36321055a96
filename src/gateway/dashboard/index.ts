/**
 * The dashboard at `/ui`: its files, its sessions, and what only a page needs. All else it asks of the same endpoints as everyone.
 * @module
 */
import type { Server } from 'node:http'
import type { Authenticator } from '../../core/authenticator.ts'
import type { Clock } from '../../core/clock.ts'
import type { Observer } from '../../core/ledger.ts'
import type { OwnRoute } from '../own/own-route.ts'
import { readAssets } from './asset-files.ts'
import { assetRoutes } from './asset-routes.ts'
import { createLiveCalls } from './live-calls.ts'
import { liveRoute } from './live-route.ts'
import { seatViewRoutes } from './seat-view-routes.ts'
import type { SeatViewOptions } from './seat-view-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { createSessions } from './sessions.ts'
import type { EndedSessions } from './sessions.ts'
import { createSignInAttempts } from './sign-in-attempts.ts'
import { createStandIn } from './stand-in.ts'

export interface DashboardOptions extends SeatViewOptions {
  readonly authenticator: Authenticator
  readonly masterKey: () => string | undefined
  readonly clock: Clock
  readonly version: string
  /** Sessions that other processes have ended. @default this process is alone */
  readonly endedSessions?: EndedSessions | undefined
  /** Where the built page is. @default beside the built package */
  readonly folder?: string | undefined
}

export interface Dashboard {
  /** Hears of every call, for those who watch. */
  readonly observer: Observer
  readonly routes: readonly OwnRoute[]
  /** From now on sessions stand for their keys at this server. */
  attach(server: Server): void
  close(): void
}

export function createDashboard(options: DashboardOptions): Dashboard {
  const { authenticator, masterKey, clock, version } = options
  const sessions = createSessions(masterKey, clock, options.endedSessions)
  const calls = createLiveCalls(() => clock.now())
  return {
    observer: calls.observer,
    routes: [
      ...sessionRoutes({
        authenticator,
        sessions,
        attempts: createSignInAttempts(clock),
        open: () => masterKey() === undefined,
        version,
      }),
      ...seatViewRoutes(options),
      liveRoute(calls, clock),
      ...assetRoutes(() => readAssets(options.folder)),
    ],
    attach(server) {
      // Before the gateway's own listener: by then the key is where every client puts it.
      server.prependListener('request', createStandIn(sessions))
    },
    close() {
      sessions.close()
    },
  }
}
