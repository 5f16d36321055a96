import type { Clock } from '../../core/clock.ts'

/**
 * Which deployment served a session last: its prompts are cached there, and reasoning that it sealed can be read there only.
 * A saving, not a need: a book that cannot be read is as good as empty.
 */
export interface SessionBook {
  /** A deployment's id. */
  find(session: string): string | undefined | Promise<string | undefined>
  keep(session: string, deploymentId: string, keepMs: number): void
}

/** Above it the sessions that were quiet longest are forgotten. */
const MOST_SESSIONS = 20_000

/** Of one process. */
export function createSessionBook(clock: Clock): SessionBook {
  const sessions = new Map<string, { readonly deploymentId: string; readonly until: number }>()
  return {
    find(session) {
      const found = sessions.get(session)
      if (found && found.until > clock.monotonic()) return found.deploymentId
      sessions.delete(session)
      return undefined
    },
    keep(session, deploymentId, keepMs) {
      // Put at the end, so that the first is the one that was quiet longest.
      sessions.delete(session)
      const [oldest] = sessions.keys()
      if (sessions.size >= MOST_SESSIONS && oldest !== undefined) sessions.delete(oldest)
      sessions.set(session, { deploymentId, until: clock.monotonic() + keepMs })
    },
  }
}
