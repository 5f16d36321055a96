import type { Credential } from '../credentials/credential.ts'
import type { Way } from '../credentials/token-kind.ts'
import type { ApiBase } from '../github/origin.ts'

/** The right to make model calls for a while: what one exchange, or one GitHub token used directly, comes to. */
export interface Grant {
  readonly bearer: string
  readonly credential: Credential
  readonly way: Way
  /** Where calls go unless a deployment says otherwise; checked. */
  readonly base: ApiBase
  /** Milliseconds since 1970; absent for a bearer that does not say when it ends. */
  readonly renewAtMs?: number | undefined
  readonly expiresAtMs?: number | undefined
  readonly deadAtMs?: number | undefined
  readonly sku?: string | undefined
  readonly plan?: string | undefined
  readonly login?: string | undefined
}

/** Why a grant is asked for; what upstream refused must not be handed out again. */
export type GrantRequest =
  | { readonly reason: 'first' }
  /** Renewed ahead of time, while the old one still serves; or because the old one ran out. */
  | { readonly reason: 'ahead' | 'expired'; readonly old: Grant }
  /** Copilot answered 401 to it. */
  | { readonly reason: 'refused'; readonly old: Grant }
  /** Copilot answered 421: the account lives on another host. */
  | { readonly reason: 'misdirected'; readonly old: Grant }
