import { assembleEngine } from '../assemble.ts'
import { OWN_SEAT } from '../core/call.ts'
import { systemClock } from '../core/clock.ts'
import type { Observer } from '../core/ledger.ts'
import { silentLog } from '../core/log.ts'
import type { Log } from '../core/log.ts'
import { dialects } from '../dialects/index.ts'
import { describeQuota } from './describe-quota.ts'
import type { House } from './house.ts'
import type { CopilotOptions } from './options.ts'
import { SDK_SETTINGS } from './settings.ts'

/** Wires the house for one client. Read at its first call, and not before: sockets and codecs come with it. */
export function openHouse(options: CopilotOptions): House {
  const log: Log = { ...silentLog, ...options.logger }
  const house = assembleEngine({
    settings: () => SDK_SETTINGS,
    environment: options.environment ?? process.env,
    credential: options.api_key,
    log,
    observers: [callLog(log)],
  })
  const { engine, copilot } = house
  return {
    engine,
    dialects,
    quota: async (signal) => describeQuota(await copilot.quota(OWN_SEAT, signal)),
    async signIn(onCode, signal) {
      await copilot.signIn({
        signal,
        onCode: ({ verificationUri, userCode, expiresAtMs }) => {
          onCode({
            verification_uri: verificationUri,
            user_code: userCode,
            expires_in: Math.round((expiresAtMs - systemClock.now()) / 1000),
          })
        },
      })
    },
    close: () => house.close(),
  }
}

/** One line for each call, for the client's logger. */
function callLog(log: Log): Observer {
  return {
    finished({ id, model, wire, stream, outcome, status, attempts, timing, error }) {
      log.info('call', {
        id,
        model,
        wire,
        stream,
        outcome,
        status,
        attempts: attempts.length,
        ms: Math.round(timing.totalMs),
        error: error?.name,
      })
    },
  }
}
