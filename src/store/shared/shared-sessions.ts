import type { Clock } from '../../core/clock.ts'
import { createSessionBook, type SessionBook } from '../../engine/balance/session-book.ts'
import type { SharedValues } from './values.ts'

/** A call does not wait longer than this to learn where its session was. */
const LONGEST_WAIT_MS = 100
/** After a failure nobody is asked for so long. */
const PAUSE_MS = 1_000
/** Written anew when so much of its time is over, and at once when the deployment is another. */
const REFRESH_SHARE = 0.5

interface Written {
  readonly deploymentId: string
  readonly refreshAt: number
}

const MOST_WRITTEN = 20_000

/** Sessions over all processes: what others have written counts before what this one remembers. */
export function createSharedSessions(values: SharedValues, clock: Clock): SessionBook {
  const local = createSessionBook(clock)
  const written = new Map<string, Written>()
  let pausedUntil = 0
  const pause = (): void => {
    pausedUntil = clock.monotonic() + PAUSE_MS
  }

  return {
    async find(session) {
      if (clock.monotonic() < pausedUntil) return local.find(session)
      let cancel = (): void => {}
      const tooLate = new Promise<never>((_resolve, reject) => {
        cancel = clock.setTimer(LONGEST_WAIT_MS, () => {
          reject(new Error('too late'))
        })
      })
      try {
        const found = await Promise.race([values.get(nameOf(session)), tooLate])
        return found ?? (await local.find(session))
      } catch {
        pause()
        return local.find(session)
      } finally {
        cancel()
      }
    },
    keep(session, deploymentId, keepMs) {
      local.keep(session, deploymentId, keepMs)
      const now = clock.monotonic()
      const last = written.get(session)
      if (last?.deploymentId === deploymentId && now < last.refreshAt) return
      if (now < pausedUntil) return
      written.delete(session)
      const [oldest] = written.keys()
      if (written.size >= MOST_WRITTEN && oldest !== undefined) written.delete(oldest)
      written.set(session, { deploymentId, refreshAt: now + keepMs * REFRESH_SHARE })
      values.set(nameOf(session), deploymentId, keepMs).catch(() => {
        written.delete(session)
        pause()
      })
    },
  }
}

const nameOf = (session: string): string => `{jetway}:session:${session}`
