import { ServiceUnavailableError } from '../core/errors.ts'

/** A call under way, as far as overload and the end of the process are concerned. */
export interface Ticket {
  /** Its place among the others, kept by `InFlight`; -1 when it is not there. */
  place: number
  /** Ends it, because the gateway stops: the client is told. */
  readonly abandon: () => void
}

/** Counts calls under way: the bound on them, and the wait for them at the end. */
export interface InFlight {
  readonly count: number
  readonly draining: boolean
  /** Throws a `ServiceUnavailableError` when there is no room. Called once per call, before its body is read. */
  enter(ticket: Ticket): void
  leave(ticket: Ticket): void
  /** Notes that so many bytes of request bodies are held (or, below zero, let go). Throws when that is too much. */
  hold(bytes: number): void
  /** Resolves when no call is left. New ones are still taken: who has come so far is served. */
  drained(): Promise<void>
  abandonAll(): void
}

const RETRY_AFTER_SECONDS = 1
/** Bodies of all calls together, in largest bodies: a thousand clients may each be within their limit and still be too much. */
const MAX_LARGEST_BODIES = 8

export interface InFlightLimits {
  readonly maxConcurrentCalls: number
  readonly maxBodyBytes: number
}

/**
 * Tickets are kept in an array, in which the last takes the place of one that leaves. A `Set` that calls enter and leave all
 * the time is made anew every few calls, and each dead one keeps the next, with the calls that were in it, until the next
 * full collection: 4 KB of each call were promoted, and half of what scavenges cost was for that (Node 20, 32 connections).
 */
export function createInFlight(limits: () => InFlightLimits): InFlight {
  const tickets: Ticket[] = []
  let heldBytes = 0
  let draining = false
  let waiting: (() => void)[] = []

  return {
    get count() {
      return tickets.length
    },
    get draining() {
      return draining
    },
    enter(ticket) {
      if (tickets.length >= limits().maxConcurrentCalls) {
        throw new ServiceUnavailableError(
          `the gateway has ${tickets.length} calls under way, which is as many as it takes`,
          { retry_after: RETRY_AFTER_SECONDS, code: 'overloaded' },
        )
      }
      ticket.place = tickets.push(ticket) - 1
    },
    leave(ticket) {
      if (ticket.place === -1) return
      const last = tickets.pop()
      if (last !== undefined && last !== ticket) {
        tickets[ticket.place] = last
        last.place = ticket.place
      }
      ticket.place = -1
      if (tickets.length > 0) return
      const resolved = waiting
      waiting = []
      for (const resolve of resolved) resolve()
    },
    hold(bytes) {
      if (bytes > 0 && heldBytes + bytes > limits().maxBodyBytes * MAX_LARGEST_BODIES) {
        throw new ServiceUnavailableError(
          'the gateway holds as many bytes of requests as it takes; call again in a moment',
          { retry_after: RETRY_AFTER_SECONDS, code: 'overloaded' },
        )
      }
      heldBytes += bytes
    },
    drained() {
      draining = true
      if (tickets.length === 0) return Promise.resolve()
      return new Promise((resolve) => {
        waiting.push(resolve)
      })
    },
    abandonAll() {
      for (const ticket of tickets.slice()) ticket.abandon()
    },
  }
}
