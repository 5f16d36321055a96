import type { CredentialSource, SkippedSource } from './credentials/credential.ts'
import type { TokenKind, Way } from './credentials/token-kind.ts'
import type { PendingSignIn } from './device/sign-in.ts'

/** Who is signed in, and how; never the secret itself. */
export interface Status {
  readonly signedIn: boolean
  readonly source?: CredentialSource | undefined
  readonly kind?: TokenKind | undefined
  /** Masked: `ghu_…abcd`. */
  readonly token?: string | undefined
  readonly file?: string | undefined
  /** `github.com` or a tenant. */
  readonly host?: string | undefined
  readonly login?: string | undefined
  readonly plan?: string | undefined
  readonly sku?: string | undefined
  readonly way?: Way | undefined
  /** Where model calls go. */
  readonly api?: string | undefined
  /** When the token in use runs out, ISO 8601; absent for one that does not. */
  readonly expiresAt?: string | undefined
  /** Why a call would fail now. */
  readonly problem?: { readonly message: string; readonly code?: string | undefined } | undefined
  /** Other tools' sign-ins that are of no use, and why. */
  readonly skipped: readonly SkippedSource[]
  readonly pendingSignIn?: PendingSignIn | undefined
}
