import type { CallRecord, Observer } from '../../core/ledger.ts'
import type { Log } from '../../core/log.ts'
import type { SeatService } from './seat-service.ts'

/** GitHub's own word for a token that it takes no more, as the errors of a call carry it. */
const REVOKED = 'bad_credentials'
/** Only what a person connected here can be found revoked here. */
const CONNECTED = /^seat_/

/** Sees in finished calls that GitHub has refused a seat's token, and writes it down, so that every replica knows. */
export function createSeatWatch(service: SeatService, log: Log): Observer {
  const marking = new Set<string>()

  return {
    finished(record) {
      const { seat } = record.caller
      if (!CONNECTED.test(seat) || marking.has(seat) || !wasRevoked(record)) return
      marking.add(seat)
      service
        .markRevoked(seat, 'GitHub refused the token: it was revoked, or the app was removed')
        .then(
          () => {
            log.warn('GitHub has revoked a seat; its keys are told to connect again', { seat })
          },
          () => {
            log.error('a revoked seat could not be written down; the next call tries again', {
              seat,
            })
          },
        )
        .finally(() => marking.delete(seat))
    },
  }
}

/** By the program's word, in the end or in an attempt that a fallback made good. */
function wasRevoked({ error, attempts }: CallRecord): boolean {
  return (
    error?.code === REVOKED ||
    attempts.some((attempt) => attempt.error?.endsWith(`(${REVOKED})`) === true)
  )
}
