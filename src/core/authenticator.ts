import type { Caller } from './call.ts'

/** Says who presents a key. The master key alone needs none of `policy`; virtual keys are looked up there. */
export interface Authenticator {
  /**
   * The keys as the caller's headers hold them, in order of precedence; the first good one counts. Empty: none was sent.
   * Throws or rejects with an `AuthenticationError` (none is good) or a `PermissionDeniedError` (blocked). At once where it
   * can: it is on the path of every call.
   */
  authenticate(keys: readonly string[]): Caller | Promise<Caller>
}
