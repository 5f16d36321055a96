import type { Credential } from '../credentials/credential.ts'
import { tokenKind } from '../credentials/token-kind.ts'
import type { TokenLocations } from '../files/locations.ts'
import { closeFolder, codeOf, removePrivateFile, writePrivateFile } from '../files/private-file.ts'
import type { Log } from '../log.ts'
import { abortable } from '../token/keeper.ts'
import type { DeviceCode, FlowContext } from './flow.ts'
import { pollDeviceFlow, startDeviceFlow } from './flow.ts'

export interface SignInOptions {
  readonly signal: AbortSignal
  /** Called once, when there is something to show. */
  readonly onCode?: ((code: PendingSignIn) => void) | undefined
}

/** What a person must do now. */
export interface PendingSignIn {
  readonly verificationUri: string
  readonly userCode: string
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number
}

export interface SignedIn {
  /** Where it was stored; `undefined` when the folder cannot be written and it lives in this process alone. */
  readonly file: string | undefined
}

/** The sign-in of whoever runs this process: one flow at a time, stored whole or not at all. */
export interface SignIn {
  run(options: SignInOptions): Promise<SignedIn>
  /** Removes what was stored; the names of the files that were there. */
  signOut(): Promise<readonly string[]>
  readonly pending: PendingSignIn | undefined
  /** Signed in, but not stored. */
  readonly remembered: Credential | undefined
}

export function createSignIn(options: {
  readonly context: () => FlowContext
  readonly host: string
  readonly locations: TokenLocations
  readonly onChange: () => void
  readonly log: Log
}): SignIn {
  const { locations, host, log } = options
  let running: { readonly code: Promise<DeviceCode>; readonly done: Promise<SignedIn> } | undefined
  let pending: PendingSignIn | undefined
  let remembered: Credential | undefined

  async function flow(issued: Promise<DeviceCode>, signal: AbortSignal): Promise<SignedIn> {
    try {
      const code = await issued
      pending = code
      const token = await pollDeviceFlow(options.context(), code, signal)
      return await store(token)
    } finally {
      pending = undefined
      running = undefined
    }
  }

  async function store(token: string): Promise<SignedIn> {
    let file: string | undefined
    try {
      await closeFolder(locations.folder)
      await writePrivateFile(locations.accessToken, token)
      // It belongs to whoever was signed in before.
      await removePrivateFile(locations.apiKey)
      remembered = undefined
      file = locations.accessToken
    } catch (error) {
      log('warn', 'the sign-in cannot be stored and lasts as long as this process', {
        file: locations.accessToken,
        code: codeOf(error),
      })
      const kind = tokenKind(token)
      remembered = { source: 'stored sign-in', kind, token, host, keepsFiles: false }
    }
    options.onChange()
    return { file }
  }

  return {
    async run({ signal, onCode }) {
      signal.throwIfAborted()
      if (!running) {
        const code = startDeviceFlow(options.context(), signal)
        running = { code, done: flow(code, signal) }
      }
      const { code, done } = running
      const shown = code.then((issued) => onCode?.(shownOf(issued)))
      const [result] = await Promise.all([abortable(done, signal), shown])
      return result
    },
    async signOut() {
      remembered = undefined
      const removed: string[] = []
      for (const file of [locations.accessToken, locations.apiKey]) {
        if (await removePrivateFile(file)) removed.push(file)
      }
      options.onChange()
      return removed
    },
    get pending() {
      return pending && shownOf(pending)
    },
    get remembered() {
      return remembered
    },
  }
}

function shownOf({ verificationUri, userCode, expiresAtMs }: PendingSignIn): PendingSignIn {
  return { verificationUri, userCode, expiresAtMs }
}
