import type { Dialect } from '../core/dialect.ts'
import type { Engine } from '../core/engine.ts'
import type { Quota } from './types/quota.ts'

/** What a client needs of the assembled house; it is opened at the first call. */
export interface House {
  readonly engine: Engine
  /** By `Dialect.id`. */
  readonly dialects: ReadonlyMap<string, Dialect>
  quota(signal: AbortSignal): Promise<Quota>
  /** One device flow: shows the code, and resolves when the person has signed in. */
  signIn(onCode: (code: DeviceCode) => void, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** What a person needs to sign in. */
export interface DeviceCode {
  readonly verification_uri: string
  readonly user_code: string
  /** Seconds until the code is no longer good. */
  readonly expires_in: number
}
