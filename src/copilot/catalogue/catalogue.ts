import { whenKnown, type Awaitable } from '../../core/awaitable.ts'
import type { CancelSignal } from '../../core/cancel-signal.ts'
import type { Clock } from '../../core/clock.ts'
import { APIConnectionError, JetwayError } from '../../core/errors.ts'
import type { Model } from '../../core/model.ts'
import { createBackoff } from '../token/backoff.ts'
import { abortable } from '../token/keeper.ts'
import { createModelIndex } from './spelling.ts'
import type { ModelIndex } from './spelling.ts'

/** The models of one seat on one host: fresh for a while, kept when a refresh fails. */
export interface Catalogue {
  list(signal: CancelSignal): Promise<readonly Model[]>
  /** `undefined` only after a look at a catalogue that is fresh. */
  find(id: string, signal: CancelSignal): Awaitable<Model | undefined>
  /** What is in hand, without asking. */
  readonly known: readonly Model[]
  /** The next question asks upstream: a policy was accepted, someone else signed in. */
  expire(): void
}

const FRESH_MS = 600_000
/** A model nobody has heard of makes us look again, but not for every typing error. */
const LOOK_AGAIN_MS = 30_000
/** What is wrong with a credential is remembered where the credential is kept, and forgotten there when it changes. */
const REFUSED = { firstMs: 1_000, longestMs: 1_000 }

interface Snapshot {
  readonly models: readonly Model[]
  readonly index: ModelIndex
  readonly at: number
}

export function createCatalogue(options: {
  readonly clock: Clock
  /** Bounded in time. */
  readonly fetch: () => Promise<readonly Model[]>
  readonly onTrouble: (error: JetwayError) => void
}): Catalogue {
  const { clock, fetch, onTrouble } = options
  const backoff = createBackoff(clock, REFUSED)
  let snapshot: Snapshot | undefined
  let flight: Promise<Snapshot> | undefined
  let expired = false

  const ageMs = (): number => {
    return snapshot ? clock.monotonic() - snapshot.at : Number.POSITIVE_INFINITY
  }

  function refresh(): Promise<Snapshot> {
    if (flight) return flight
    const standing = backoff.standing()
    if (standing) return Promise.reject(standing)
    expired = false
    const promise = fetch().then(
      (models) => {
        backoff.clear()
        snapshot = { models, index: createModelIndex(models), at: clock.monotonic() }
        return snapshot
      },
      (error: unknown) => {
        const failure = asFailure(error)
        backoff.failed(failure)
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

  /** An old list serves at once and is renewed behind; none, or one known to be wrong, is waited for. */
  function current(signal: CancelSignal): Awaitable<Snapshot> {
    if (!snapshot) return abortable(refresh(), signal)
    if (expired) return abortable(refresh(), signal).catch(staleUnless(signal, snapshot))
    if (ageMs() > FRESH_MS && !flight && !backoff.standing()) {
      refresh().catch((error: unknown) => {
        onTrouble(asFailure(error))
      })
    }
    return snapshot
  }

  async function lookAgain(id: string, signal: CancelSignal): Promise<Model | undefined> {
    const stale = snapshot
    if (!stale) return undefined
    const fresh = await abortable(refresh(), signal).catch(staleUnless(signal, stale))
    return fresh.index.find(id)
  }

  return {
    list: async (signal) => (await current(signal)).models,
    find: (id, signal) =>
      whenKnown(current(signal), ({ index }) => {
        const found = index.find(id)
        return found || ageMs() <= LOOK_AGAIN_MS ? found : lookAgain(id, signal)
      }),
    get known() {
      return snapshot?.models ?? []
    },
    expire() {
      expired = true
      backoff.clear()
    },
  }
}

function staleUnless(signal: CancelSignal, stale: Snapshot): (error: unknown) => Snapshot {
  return (error) => {
    if (signal.aborted) throw error
    return stale
  }
}

function asFailure(error: unknown): JetwayError {
  if (error instanceof JetwayError) return error
  return new APIConnectionError('The list of models could not be read.', {
    llm_provider: 'github_copilot',
    cause: error,
  })
}
