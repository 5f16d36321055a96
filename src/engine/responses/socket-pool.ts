import type { WebSocket } from 'ws'
import type { Clock } from '../../core/clock.ts'

export interface SocketPool {
  /** An open connection that nobody uses. */
  take(key: string): WebSocket | undefined
  /** Gives one back for the next call. */
  give(key: string, socket: WebSocket): void
  /** Whether this origin was found not to serve WebSockets a short while ago. */
  isAvoided(origin: string): boolean
  avoid(origin: string): void
  close(): void
}

/** Shorter than upstreams and the proxies before them keep an idle connection. */
const IDLE_MS = 50_000
const MOST_IDLE = 64
const AVOID_MS = 300_000

interface Idle {
  readonly key: string
  readonly socket: WebSocket
  readonly cancel: () => void
}

export function createSocketPool(clock: Clock): SocketPool {
  const idle = new Set<Idle>()
  const avoided = new Map<string, number>()

  const drop = (entry: Idle): void => {
    idle.delete(entry)
    entry.cancel()
    entry.socket.terminate()
  }

  return {
    take(key) {
      for (const entry of idle) {
        if (entry.key !== key) continue
        idle.delete(entry)
        entry.cancel()
        entry.socket.removeAllListeners('close')
        if (entry.socket.readyState === entry.socket.OPEN) return entry.socket
      }
      return undefined
    },
    give(key, socket) {
      const [oldest] = idle
      if (idle.size >= MOST_IDLE && oldest !== undefined) drop(oldest)
      const entry: Idle = {
        key,
        socket,
        cancel: clock.setTimer(IDLE_MS, () => {
          drop(entry)
        }),
      }
      idle.add(entry)
      socket.once('close', () => {
        drop(entry)
      })
    },
    isAvoided: (origin) => (avoided.get(origin) ?? 0) > clock.monotonic(),
    avoid(origin) {
      avoided.set(origin, clock.monotonic() + AVOID_MS)
    },
    close() {
      for (const entry of idle) drop(entry)
    },
  }
}
