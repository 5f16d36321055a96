import type { Permit } from '../../core/admission.ts'
import type { Awaitable } from '../../core/awaitable.ts'
import type { Model } from '../../core/model.ts'
import type { CallState } from './call-state.ts'

/** Asked once, before the first attempt: what comes after is the same call. `undefined`: known at once. */
export function admit(state: CallState, model: Model): Promise<void> | undefined {
  const { house, call, interrupts } = state
  if (house.admission === undefined || state.permit !== undefined) return undefined
  let asked: Awaitable<Permit>
  try {
    asked = house.admission.admit({ call, model, provider: state.provider ?? '' })
  } catch (error) {
    state.refused = !interrupts.aborted
    throw error
  }
  if (asked instanceof Promise) return admitLater(state, asked)
  admitted(state, asked)
  return undefined
}

async function admitLater(state: CallState, asked: Promise<Permit>): Promise<void> {
  try {
    admitted(state, await state.interrupts.guard(asked))
  } catch (error) {
    state.latePermit = asked
    state.refused = !state.interrupts.aborted
    throw error
  }
}

function admitted(state: CallState, permit: Permit): void {
  state.permit = permit
  state.watch.waited(permit.queuedMs)
}
