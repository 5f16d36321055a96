import { BadGatewayError } from '../../core/errors.ts'
import { asString, type JsonObject } from '../../core/json.ts'
import { createInputGate, type InputGate } from './input-gate.ts'

/** A call's input deltas on their way through: readable ones go on, others wait for the event that repeats the input. */
export interface CallMender {
  /** Deltas need no more looking at. */
  readonly open: boolean
  /** The event to send on, with what the delta may say by now; `undefined` when it must wait. */
  delta(event: JsonObject): JsonObject | undefined
  /** The delta that makes the sum right, before an event that repeats the whole input; `undefined` when none is needed. */
  settle(whole: string | undefined): JsonObject | undefined
}

export function createCallMender(kind: 'json' | 'text', maxHeldBytes: number): CallMender {
  const gate: InputGate = createInputGate(kind)
  let last: JsonObject | undefined
  let heldBytes = 0
  return {
    get open() {
      return gate.open
    },
    delta(event) {
      const delta = asString(event['delta']) ?? ''
      if (!gate.open) heldBytes += delta.length
      if (heldBytes > maxHeldBytes) {
        throw new BadGatewayError('The upstream sent a tool call that is too large to be held.', {
          code: 'event_too_large',
        })
      }
      const text = gate.push(delta)
      last = text === '' ? event : undefined
      return text === '' ? undefined : { ...event, delta: text }
    },
    settle(whole) {
      if (!last || gate.open) return undefined
      const text = whole ?? gate.held()
      const event = { ...last, delta: text }
      last = undefined
      return text === '' ? undefined : event
    },
  }
}
