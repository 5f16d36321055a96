import type { TokenKind } from './token-kind.ts'

/** Where a credential came from, as `status` names it. */
export type CredentialSource =
  | 'option'
  | 'COPILOT_API_KEY'
  | 'COPILOT_OAUTH_TOKEN'
  | 'OAUTH_TOKEN'
  | 'COPILOT_GITHUB_TOKEN'
  | 'stored sign-in'
  | 'seat'
  | 'litellm'
  | 'github-copilot apps.json'
  | 'github-copilot hosts.json'
  | 'github-copilot auth.db'
  | 'copilot-api'
  | 'opencode'

/** One secret, and all that is known of it without asking anyone. */
export interface Credential {
  readonly source: CredentialSource
  readonly kind: TokenKind
  readonly token: string
  readonly file?: string | undefined
  /** `github.com`, a GHE.com tenant (`acme.ghe.com`), or a GitHub Enterprise Server. */
  readonly host: string
  readonly login?: string | undefined
  /** The Copilot API host that came with the token; not checked yet. */
  readonly apiEndpoint?: string | undefined
  /** Milliseconds since 1970; known of an installation's token, which another follows. */
  readonly expiresAtMs?: number | undefined
  /** Exchanged tokens are kept in the files beside it, for this and other processes. */
  readonly keepsFiles: boolean
}

/** A look at another place that led nowhere, and why; `status` shows it. */
export interface SkippedSource {
  readonly place: string
  readonly reason: string
}
