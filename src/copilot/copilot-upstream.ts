import type { SeatId } from '../core/call.ts'
import type { CopilotSettings } from '../core/settings.ts'
import type { Place, Upstream } from '../core/upstream.ts'
import type { DeviceCode, PollResult } from './device/flow.ts'
import type { PendingSignIn, SignedIn, SignInOptions } from './device/sign-in.ts'
import type { Account } from './github/account.ts'
import type { Quota } from './quota/quota.ts'
import type { Status } from './status.ts'

/** GitHub Copilot as an upstream, and what is true of it alone. */
export interface CopilotUpstream extends Upstream {
  readonly provider: 'github_copilot'
  /** Quota and credits: the account's word, with what calls' answers have said since. */
  quota(seat: SeatId, signal: AbortSignal): Promise<Quota>
  account(seat: SeatId, signal: AbortSignal): Promise<Account>
  /** The smallest part left of each quota among all seats, as calls' answers have said; asks nobody. */
  quotaLeft(): ReadonlyMap<string, number>
  /** Never rejects: what is wrong stands in `problem`. `offline` asks nobody. */
  status(
    seat: SeatId,
    signal: AbortSignal,
    options?: { readonly offline?: boolean },
  ): Promise<Status>
  /** Consents to a model's terms. */
  acceptPolicy(model: string, at: Place, signal: AbortSignal): Promise<void>
  /** Signs in whoever runs this process, and stores it. One flow at a time: a second caller joins the first. */
  signIn(options: SignInOptions): Promise<SignedIn>
  /** Forgets the stored sign-in; the names of the files that were removed. */
  signOut(): Promise<readonly string[]>
  /** The sign-in that waits for its person, if one does. */
  pendingSignIn(): PendingSignIn | undefined
  /** The device flow by itself, for someone else's seat: the token goes to the caller and nowhere else. */
  readonly deviceFlow: {
    /** Where it is when no host is named: `github.com`, or what the environment says. */
    readonly host: string
    start(signal: AbortSignal, host?: string): Promise<DeviceCode>
    poll(code: DeviceCode, signal: AbortSignal, host?: string): Promise<string>
    pollOnce(code: DeviceCode, signal: AbortSignal, host?: string): Promise<PollResult>
  }
  /** What a 401 says about how to sign in, by seat; `undefined` keeps the usual words. */
  setNotSignedInHint(hint: (seat: SeatId) => string | undefined): void
  /** A seat was connected, or taken away: what was known of it no longer counts. */
  forget(seat: SeatId): void
  /** The configuration changed. */
  configure(settings: CopilotSettings): void
  close(): void
}
