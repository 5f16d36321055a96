import type { Target } from '../resolve/target.ts'
import type { AttemptInput } from './attempt.ts'
import type { CallState } from './call-state.ts'

/** When this attempt ends whatever comes, on the monotonic clock: the call's own end, or the deployment's if that is nearer. */
export function deadlineOf({ deadlineAt, house }: CallState, { deployment }: Target): number {
  const own = deployment?.timeoutMs
  return own === undefined ? deadlineAt : Math.min(deadlineAt, house.clock.monotonic() + own)
}

/** How long the upstream may be silent before and between bytes of a stream. */
export function silenceOf({ call, settings }: CallState, { deployment }: Target): number {
  return (
    call.options.streamTimeoutMs ?? deployment?.streamTimeoutMs ?? settings.router.streamTimeoutMs
  )
}

/** What a client that waits for a stream is sent meanwhile; nothing where the dialect has no such thing. */
export function keepAliveOf({ call, dialect, settings }: CallState): AttemptInput['keepAlive'] {
  if (!call.stream || dialect.operation !== 'generate' || dialect.keepAlive === undefined) {
    return undefined
  }
  return { text: dialect.keepAlive, afterMs: settings.router.keepAliveMs }
}
