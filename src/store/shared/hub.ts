import type { Clock } from '../../core/clock.ts'
import type { LimitStore, Settlement, TakeRequest } from '../../policy/limits/limit-store.ts'
import { createMemoryLimits } from '../../policy/limits/memory.ts'
import { createMemoryPlaces } from '../../policy/pacing/memory-places.ts'
import type { HeldPlace, PlaceRequest } from '../../policy/pacing/place-book.ts'
import { isHubMessage, type HubMessage, type HubPort, type HubTopic } from './hub-messages.ts'
import { createMemoryValues } from './values.ts'

/**
 * The one count of all workers of a machine, kept by the process that started them: limits, places of seats, shared values,
 * and the word that something has changed. What Redis is to replicas.
 */
export interface Hub {
  /** Serves one worker. Call what it returns when the worker is gone: what it had under way is over then. */
  connect(port: HubPort): () => void
}

interface Worker {
  readonly port: HubPort
  /** What it has under way: a dead worker settles nothing. */
  readonly calls: Map<string, TakeRequest>
  readonly places: Map<string, string>
}

export function createHub(clock: Clock): Hub {
  const limits: LimitStore = createMemoryLimits()
  const places = createMemoryPlaces(clock)
  const values = createMemoryValues(clock)
  const workers = new Set<Worker>()

  const tell = (worker: Worker, message: HubMessage): void => {
    try {
      worker.port.send(message)
    } catch {
      // It is gone; whoever watches it says so.
    }
  }
  const tellAll = (message: HubMessage, but?: Worker): void => {
    for (const worker of workers) if (worker !== but) tell(worker, message)
  }
  places.onFree((seat) => {
    tellAll({ type: 'hub-event', what: 'place-free', seat })
  })
  places.onWanted((seat) => {
    tellAll({ type: 'hub-event', what: 'place-wanted', seat })
  })

  const handlers: Record<HubTopic, (given: never, worker: Worker) => Promise<unknown>> = {
    async 'limits-take'(request: TakeRequest, { calls }) {
      const verdict = await limits.take(request)
      if (!verdict.refusal) calls.set(request.callId, request)
      return verdict
    },
    async 'limits-settle'(settlement: Settlement, { calls }) {
      calls.delete(settlement.callId)
      await limits.settle(settlement)
    },
    async 'place-take'(request: PlaceRequest, worker) {
      const answer = await places.take(request)
      if (answer.granted) worker.places.set(request.placeId, request.seat)
      return answer
    },
    async 'place-give'({ seat, placeId }: HeldPlace, worker) {
      worker.places.delete(placeId)
      await places.give(seat, placeId)
    },
    'place-renew': (held: readonly HeldPlace[]) => places.renew(held),
    'value-get': ([key]: [string]) => values.get(key),
    'value-set': ([key, value, keepMs]: [string, string, number]) => values.set(key, value, keepMs),
    'value-claim': ([key, value, keepMs]: [string, string, number]) =>
      values.claim(key, value, keepMs),
    'value-drop': ([key, value]: [string, string]) => values.drop(key, value),
    changed(_given: null, worker) {
      tellAll({ type: 'hub-event', what: 'changed', seat: '' }, worker)
      return Promise.resolve()
    },
  }

  const answer = async (
    worker: Worker,
    { id, what, given }: Extract<HubMessage, { type: 'hub-ask' }>,
  ): Promise<void> => {
    try {
      const value = await handlers[what](given as never, worker)
      tell(worker, { type: 'hub-answer', id, value: value ?? null })
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      tell(worker, { type: 'hub-answer', id, error: said })
    }
  }

  return {
    connect(port) {
      const worker: Worker = { port, calls: new Map(), places: new Map() }
      workers.add(worker)
      port.onMessage((message) => {
        if (isHubMessage(message) && message.type === 'hub-ask') void answer(worker, message)
      })
      return () => {
        workers.delete(worker)
        for (const { callId, demands, tokens, nowMs } of worker.calls.values()) {
          // Its tokens count as estimated: nobody knows better.
          const settlement = { callId, demands, estimatedTokens: tokens, tokens, takenAtMs: nowMs }
          void limits.settle({ ...settlement, nowMs: clock.now() })
        }
        for (const [placeId, seat] of worker.places) void places.give(seat, placeId)
      }
    },
  }
}
