import { systemClock, type Clock } from '../../../src/core/clock.ts'
import { openTeams } from '../../../src/gateway/admin/index.ts'
import { createGateway } from '../../../src/gateway/index.ts'

/** One gateway as a process of its own, so that it can be killed as machines do. Its clock can be set from outside. */
let shiftMs = 0
const clock: Clock = {
  now: () => systemClock.now() + shiftMs,
  monotonic: () => systemClock.monotonic(),
  setTimer: (delayMs, callback, keepAlive) => systemClock.setTimer(delayMs, callback, keepAlive),
}

const gateway = await createGateway({
  port: 0,
  clock,
  extend: (context) => openTeams(context),
})

process.on('message', (message: { readonly shiftMs?: number; readonly stop?: true }) => {
  if (message.shiftMs !== undefined) {
    shiftMs = message.shiftMs
    process.send?.({ shifted: shiftMs })
  }
  if (message.stop) void gateway.drain(5_000).then(() => process.exit(0))
})
process.send?.({ url: gateway.url })
