import type { Changes } from '../../policy/keys/changes.ts'
import type { LimitStore, Verdict } from '../../policy/limits/limit-store.ts'
import type { PlaceAnswer, PlaceBook } from '../../policy/pacing/place-book.ts'
import { createLocalChanges } from './changes.ts'
import { isHubMessage, type HubPort, type HubTopic } from './hub-messages.ts'
import type { SharedValues } from './values.ts'

/** A worker's end of the line to the process that counts for all workers. */
export interface HubLink {
  readonly limits: LimitStore
  readonly places: PlaceBook
  readonly values: SharedValues
  readonly changes: Changes
}

/** That process does nothing else: one that does not answer within this time is gone, and this one will be stopped, too. */
const ANSWER_MS = 5_000

interface Waiter {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

export function createHubLink(port: HubPort): HubLink {
  const waiting = new Map<number, Waiter>()
  const onFree: ((seat: string) => void)[] = []
  const onWanted: ((seat: string) => void)[] = []
  const changes = createLocalChanges()
  let lastId = 0

  const ask = <Answer>(what: HubTopic, given: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      const timer = setTimeout(() => {
        waiting.delete(id)
        reject(new Error('the process that started this worker does not answer'))
      }, ANSWER_MS)
      timer.unref()
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, timer })
      try {
        port.send({ type: 'hub-ask', id, what, given })
      } catch (error) {
        clearTimeout(timer)
        waiting.delete(id)
        reject(error instanceof Error ? error : new Error('no line to the process that counts'))
      }
    })

  port.onMessage((message) => {
    if (!isHubMessage(message)) return
    if (message.type === 'hub-answer') {
      const waiter = waiting.get(message.id)
      if (!waiter) return
      waiting.delete(message.id)
      clearTimeout(waiter.timer)
      if (message.error === undefined) waiter.resolve(message.value)
      else waiter.reject(new Error(message.error))
    } else if (message.type === 'hub-event') {
      const { what, seat } = message
      if (what === 'changed') changes.announce()
      for (const listener of what === 'place-free' ? onFree : []) listener(seat)
      for (const listener of what === 'place-wanted' ? onWanted : []) listener(seat)
    }
  })

  return {
    limits: {
      take: (request) =>
        request.demands.length === 0
          ? Promise.resolve({ left: [] })
          : ask<Verdict>('limits-take', request),
      settle: (settlement) =>
        settlement.demands.length === 0 ? Promise.resolve() : ask('limits-settle', settlement),
    },
    places: {
      take: (request) => ask<PlaceAnswer>('place-take', request),
      give: (seat, placeId) => ask('place-give', { seat, placeId }),
      renew: (held) => ask('place-renew', held),
      onFree: (listener) => void onFree.push(listener),
      onWanted: (listener) => void onWanted.push(listener),
    },
    values: {
      get: async (key) => (await ask<string | null>('value-get', [key])) ?? undefined,
      set: (key, value, keepMs) => ask('value-set', [key, value, keepMs]),
      claim: (key, value, keepMs) => ask('value-claim', [key, value, keepMs]),
      drop: (key, value) => ask('value-drop', [key, value]),
    },
    changes: {
      announce: () => {
        changes.announce()
        ask('changed', null).catch(() => undefined)
      },
      onChange: (listener) => {
        changes.onChange(listener)
      },
    },
  }
}
