import type { WebSocket } from 'ws'
import type { Clock } from '../../../core/clock.ts'

const PING_MS = 30_000
/** As long as OpenAI lets a connection live. */
const IDLE_MS = 3_600_000

export interface KeepAlive {
  /** The client sent something of meaning. */
  used(): void
  stop(): void
}

/** Finds connections whose other end is gone without a word, and ends those that nobody uses. */
export function keepAlive(socket: WebSocket, clock: Clock): KeepAlive {
  let usedAt = clock.monotonic()
  let answered = true
  let cancel = (): void => {}
  socket.on('pong', () => {
    answered = true
  })
  const check = (): void => {
    if (!answered) {
      socket.terminate()
      return
    }
    if (clock.monotonic() - usedAt > IDLE_MS) {
      socket.close(1000, 'idle for too long')
      return
    }
    answered = false
    socket.ping()
    cancel = clock.setTimer(PING_MS, check)
  }
  cancel = clock.setTimer(PING_MS, check)
  return {
    used() {
      usedAt = clock.monotonic()
    },
    stop() {
      cancel()
    },
  }
}
