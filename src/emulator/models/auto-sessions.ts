import type { Sealer } from '../seal.ts'
import type { ShiftedClock } from '../shifted-clock.ts'

/** A session of auto mode: the emulator chose the model, and takes something off its price. */
interface AutoSession {
  readonly token: string
  readonly login: string
  readonly model: string
  readonly discount: number
  readonly expiresAt: number
}

export interface AutoSessions {
  start(login: string, model: string): AutoSession
  find(token: string): AutoSession | undefined
  reset(): void
}

const LIFETIME_SECONDS = 3600
const DISCOUNT = 0.1
const REMEMBERED = 1000

export function createAutoSessions(sealer: Sealer, clock: ShiftedClock): AutoSessions {
  const sessions = new Map<string, AutoSession>()
  return {
    start(login, model) {
      const session: AutoSession = {
        token: sealer.nextHex(64),
        login,
        model,
        discount: DISCOUNT,
        expiresAt: clock.nowSeconds() + LIFETIME_SECONDS,
      }
      sessions.set(session.token, session)
      const oldest = sessions.keys().next().value
      if (sessions.size > REMEMBERED && oldest !== undefined) sessions.delete(oldest)
      return session
    },
    find: (token) => sessions.get(token),
    reset() {
      sessions.clear()
    },
  }
}
