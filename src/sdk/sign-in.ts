import { AuthenticationError } from '../core/errors.ts'
import type { DeviceCode, House } from './house.ts'
import type { CopilotOptions } from './options.ts'

/** The code of the error that a call meets when there is no credential at all. */
const NOT_SIGNED_IN = 'not_signed_in'

/** Does `work`; when it fails for want of a sign-in and somebody is there to do one, once more after it. */
export type SignedIn = <T>(
  signal: AbortSignal | undefined,
  work: (house: House) => Promise<T>,
) => Promise<T>

/** One device flow serves every call that waits for it. */
export function createSignIn(
  { signIn, onDeviceCode }: CopilotOptions,
  openHouse: () => Promise<House>,
): SignedIn {
  let flow: Promise<void> | undefined
  return async (signal, work) => {
    const house = await openHouse()
    try {
      return await work(house)
    } catch (error) {
      const show = onDeviceCode ?? (signIn === 'never' ? undefined : promptAtTerminal())
      if (!isMissingSignIn(error) || !show) throw error
      flow ??= house.signIn(show, NEVER).finally(() => {
        flow = undefined
      })
      await raceAbort(flow, signal)
      return await work(house)
    }
  }
}

function isMissingSignIn(error: unknown): boolean {
  return error instanceof AuthenticationError && error.code === NOT_SIGNED_IN
}

/** The flow is shared: one caller's abort ends that caller's wait alone. */
const NEVER: AbortSignal = new AbortController().signal

function promptAtTerminal(): ((code: DeviceCode) => void) | undefined {
  if (!process.stderr.isTTY || process.env['CI']) return undefined
  return ({ verification_uri, user_code }) => {
    // LiteLLM's words, which people and tools know.
    process.stderr.write(
      `Please visit ${verification_uri} and enter code ${user_code} to authenticate.\n`,
    )
  }
}

function raceAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort)
    })
  })
}
