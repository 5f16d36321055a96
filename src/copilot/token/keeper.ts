import type { Awaitable } from '../../core/awaitable.ts'
import type { CancelSignal } from '../../core/cancel-signal.ts'
import type { Clock } from '../../core/clock.ts'
import {
  APIConnectionError,
  AuthenticationError,
  isRetryable,
  JetwayError,
} from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import { createBackoff } from './backoff.ts'
import type { Grant, GrantRequest } from './grant.ts'

/** A grant in hand. `generation` differs from that of every other grant of this process. */
export interface Held {
  readonly grant: Grant
  readonly generation: number
  /** Both clocks when it came: one does not count a machine's sleep, the other jumps. */
  readonly wallMs: number
  readonly monotonicMs: number
}

/** Keeps one credential's grant: one request to GitHub serves everyone who waits, and most calls wait for nothing. */
export interface Keeper {
  /** A grant that is good now. Rejects at once while a failure stands. */
  hold(signal: CancelSignal): Awaitable<Held>
  /** The grant of this generation was refused; all who hold it renew it once. */
  renew(generation: number, reason: 'refused' | 'misdirected', signal: CancelSignal): Promise<void>
  /** What is in hand, good or not. */
  readonly current: Held | undefined
  readonly failure: JetwayError | undefined
  /** Signed in or out: what was known no longer counts. */
  forget(): void
}

export interface KeeperOptions {
  readonly clock: Clock
  readonly random: Random
  readonly nextGeneration: () => number
  /** Gets a grant. Bounded in time; its own failures are `JetwayError`s. */
  readonly obtain: (request: GrantRequest) => Promise<Grant>
  /** Changes when another credential would be used; asked before a standing failure is repeated. */
  readonly identify: () => Promise<string>
  readonly onTrouble: (message: string, error: JetwayError) => void
}

/** A token refused over and over is renewed this often a minute at most: something else is wrong with it. */
const MAX_FORCED_A_MINUTE = 10
const IDENTIFY_EVERY_MS = 1_000
/** How soon a token in use notices that someone signed out, or in as another: by reading a few small files. */
const RECHECK_EVERY_MS = 5_000

export function createKeeper(options: KeeperOptions): Keeper {
  const { clock, random, obtain } = options
  const backoff = createBackoff(clock)
  let held: Held | undefined
  let flight: Promise<Held> | undefined
  let epoch = 0
  let used = false
  let cancelTimer: (() => void) | undefined
  let forcedAt: number[] = []
  let failedIdentity: string | undefined
  let identifiedAt = Number.NEGATIVE_INFINITY
  let heldIdentity: string | undefined
  let recheckedAt = Number.NEGATIVE_INFINITY

  const isPast = ({ wallMs, monotonicMs }: Held, atMs: number | undefined): boolean =>
    atMs !== undefined && (clock.now() >= atMs || clock.monotonic() - monotonicMs >= atMs - wallMs)

  function start(request: GrantRequest): Promise<Held> {
    const begun = epoch
    const promise = obtain(request).then(
      (grant) => {
        if (epoch !== begun) return keepNothing(grant)
        backoff.clear()
        failedIdentity = undefined
        return keep(grant)
      },
      (error: unknown) => {
        const failure = asFailure(error)
        if (epoch === begun) backoff.failed(failure)
        throw failure
      },
    )
    flight = promise
    const land = (): void => {
      if (flight === promise) flight = undefined
    }
    promise.then(land, land)
    return promise
  }

  function keep(grant: Grant): Held {
    held = stamp(grant)
    used = false
    setTimer(grant)
    return held
  }

  /** Serves those who waited for it, though someone has signed in or out meanwhile. */
  const keepNothing = (grant: Grant): Held => stamp(grant)

  const stamp = (grant: Grant): Held => ({
    grant,
    generation: options.nextGeneration(),
    wallMs: clock.now(),
    monotonicMs: clock.monotonic(),
  })

  /** Renews in the background, but only what is in use: an idle gateway leaves GitHub alone. */
  function setTimer({ renewAtMs }: Grant): void {
    cancelTimer?.()
    cancelTimer = undefined
    if (renewAtMs === undefined) return
    // Replicas that started together would else all renew in the same second.
    const delay = Math.max(0, renewAtMs - clock.now()) * (1 - 0.02 * random())
    cancelTimer = clock.setTimer(delay, () => {
      cancelTimer = undefined
      if (used) renewBehind()
    })
  }

  function renewBehind(): void {
    if (!held || flight || backoff.standing()) return
    start({ reason: 'ahead', old: held.grant }).catch((error: unknown) => {
      options.onTrouble('renewing the Copilot token ahead of time failed', asFailure(error))
    })
  }

  /** The failure that stands, unless someone has put another credential in place since. */
  async function standing(): Promise<JetwayError | undefined> {
    const failure = backoff.standing()
    if (!failure) return undefined
    if (clock.monotonic() - identifiedAt < IDENTIFY_EVERY_MS) return failure
    identifiedAt = clock.monotonic()
    const before = failedIdentity
    failedIdentity = await options.identify().catch(() => 'none')
    if (before === undefined || before === failedIdentity) return failure
    backoff.clear()
    return undefined
  }

  async function obtainNow(signal: CancelSignal): Promise<Held> {
    const failure = flight ? undefined : await standing()
    // While that was found out, another call may have begun, or even finished.
    if (held && !isPast(held, held.grant.expiresAtMs)) return held
    try {
      if (failure) throw failure
      const request: GrantRequest = held
        ? { reason: 'expired', old: held.grant }
        : { reason: 'first' }
      return await abortable(flight ?? start(request), signal)
    } catch (error) {
      const failed = asFailure(error)
      const stillServes = held?.grant.deadAtMs !== undefined && !isPast(held, held.grant.deadAtMs)
      if (held && stillServes && !signal.aborted && isRetryable(failed)) return held
      throw error
    }
  }

  /** Looks behind the call whether the credential is still the same; one that is gone is used no more. */
  function recheck(): void {
    if (clock.monotonic() - recheckedAt < RECHECK_EVERY_MS) return
    recheckedAt = clock.monotonic()
    const begun = epoch
    const look = async (): Promise<void> => {
      // A store that does not answer says nothing about the sign-in.
      const identity = await options.identify().catch(noneIfSignedOut)
      if (epoch !== begun || identity === undefined) return
      if (heldIdentity !== undefined && identity !== heldIdentity) forget()
      heldIdentity = identity
    }
    void look()
  }

  function forget(): void {
    epoch += 1
    held = undefined
    heldIdentity = undefined
    flight = undefined
    cancelTimer?.()
    cancelTimer = undefined
    backoff.clear()
    failedIdentity = undefined
    forcedAt = []
  }

  return {
    hold(signal) {
      used = true
      recheck()
      if (!held || isPast(held, held.grant.expiresAtMs)) return obtainNow(signal)
      if (isPast(held, held.grant.renewAtMs)) renewBehind()
      return held
    },
    async renew(generation, reason, signal) {
      // Asked anew after each wait: someone may have signed out meanwhile.
      const refused = (): Held | undefined => (held?.generation === generation ? held : undefined)
      if (flight) await abortable(flight, signal)
      if (!refused()) return
      const failure = await standing()
      if (failure) throw failure
      if (flight) await abortable(flight, signal)
      const old = refused()?.grant
      if (!old) return
      const minuteAgo = clock.monotonic() - 60_000
      forcedAt = forcedAt.filter((at) => at > minuteAgo)
      if (forcedAt.length >= MAX_FORCED_A_MINUTE) throw refusedAgain()
      forcedAt.push(clock.monotonic())
      await abortable(start({ reason, old }), signal)
    },
    get current() {
      return held
    },
    get failure() {
      return backoff.standing()
    },
    forget,
  }
}

/** One waiter's share of work that others wait for too: the waiter may leave, the work goes on. */
export function abortable<T>(work: Promise<T>, signal: CancelSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort)
    })
  })
}

function noneIfSignedOut(error: unknown): string | undefined {
  return error instanceof JetwayError && error.code === 'not_signed_in' ? 'none' : undefined
}

function asFailure(error: unknown): JetwayError {
  if (error instanceof JetwayError) return error
  return new APIConnectionError('The Copilot token could not be obtained.', {
    llm_provider: 'github_copilot',
    cause: error,
  })
}

function refusedAgain(): AuthenticationError {
  return new AuthenticationError(
    'GitHub Copilot refuses every token GitHub has just issued for it. Run `jetway doctor`, or sign in again with `jetway login`.',
    { llm_provider: 'github_copilot', code: 'token_refused_again', retry_after: 60 },
  )
}
