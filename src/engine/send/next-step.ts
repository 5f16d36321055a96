import { isRetryable } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import { never } from '../../core/parts.ts'
import type { Random } from '../../core/random.ts'
import type { Mend } from '../../core/upstream.ts'
import { isTargetsOwnRefusal } from '../balance/target-health.ts'
import { backOffMs } from './back-off.ts'

/** What to do after a failed attempt of which nothing went out. */
export type NextStep =
  | { readonly kind: 'mend'; readonly mend: Mend }
  | { readonly kind: 'retry'; readonly waitMs: number; readonly target: 'same' | 'other' }
  | { readonly kind: 'give-up'; readonly reason: string }

export interface Situation {
  readonly error: JetwayError
  readonly mend: Mend | undefined
  /** Kinds of mends this call has already tried. */
  readonly mended: readonly string[]
  /** Another target of the group is free. */
  readonly otherTarget: boolean
  /** Other models may answer when this group gives up. */
  readonly fallbacks: boolean
  /** Retries already made, and allowed. */
  readonly retriesMade: number
  readonly retriesAllowed: number
  /** Until the call's deadline. */
  readonly timeLeftMs: number
  readonly withdraw: () => boolean
  readonly random: Random
}

/** A wait that the upstream asks for is kept if it is shorter than this; a longer one is the caller's to know of. */
const LONGEST_WAIT_MS = 300_000
/** With other models at hand, one that asks for more than a moment's patience is passed over. */
const LONGEST_WAIT_BEFORE_FALLBACK_MS = 5000

/**
 * Mend and send again, at most once for each kind; else try again, elsewhere at once or here after a while; else give up.
 * Pure, save for the retry budget, which is asked last.
 */
export function nextStep(situation: Situation): NextStep {
  const { error, mend, mended, otherTarget, timeLeftMs } = situation
  if (mend !== undefined && !mended.includes(mendKey(mend))) {
    return timeLeftMs > 0 ? { kind: 'mend', mend } : giveUp('no time is left')
  }
  const elsewhere = otherTarget && (isRetryable(error) || isTargetsOwnRefusal(error))
  if (!isRetryable(error) && !elsewhere) return giveUp('the same call would fail again')
  if (situation.retriesMade >= situation.retriesAllowed) return giveUp('no retries are left')
  const waitMs = elsewhere ? 0 : waitBefore(situation)
  if (waitMs > LONGEST_WAIT_MS) return giveUp(`the upstream asks to wait ${seconds(waitMs)} s`)
  if (situation.fallbacks && waitMs > LONGEST_WAIT_BEFORE_FALLBACK_MS) {
    return giveUp('another model may answer sooner')
  }
  if (waitMs >= timeLeftMs) return giveUp('the wait is longer than the time left')
  if (!situation.withdraw()) return giveUp('too many calls are being retried')
  return { kind: 'retry', waitMs, target: elsewhere ? 'other' : 'same' }
}

/** A parameter of another name may need the same kind of mending once more; the rest once. */
export function mendKey(mend: Mend): string {
  switch (mend.kind) {
    case 'drop-parameter':
      return `${mend.kind}:${mend.model}:${mend.name}`
    case 'rename-parameter':
      return `${mend.kind}:${mend.model}:${mend.from}`
    case 'other-wire':
      return `${mend.kind}:${mend.model}:${mend.wire}`
    case 'accept-policy':
      return `${mend.kind}:${mend.model}`
    case 'renew-credential':
    case 'resolve-host':
    case 'newer-api-version':
    case 'drop-item-ids':
      return mend.kind
    case 'heal-request':
      return mend.onlyFunctions === undefined ? mend.kind : `${mend.kind}:${mend.onlyFunctions}`
    default:
      return never(mend)
  }
}

function waitBefore({ error, retriesMade, random }: Situation): number {
  const told = (error.retry_after ?? 0) * 1000
  // A kept-alive connection that the other side had just closed: a fresh one is there at once.
  if (error.code === 'connection_reset' && retriesMade === 0) return told
  return Math.max(told, backOffMs(retriesMade + 1, random))
}

function giveUp(reason: string): NextStep {
  return { kind: 'give-up', reason }
}

function seconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000)
}
