import type { Sealer } from '../seal.ts'
import { STRANGER_APP, appByName } from './oauth-apps.ts'
import type { OAuthApp } from './oauth-apps.ts'

export type GitHubTokenKind = 'ghu' | 'gho' | 'github_pat' | 'ghs' | 'ghp'

export interface GitHubToken {
  readonly value: string
  readonly kind: GitHubTokenKind
  readonly login: string
  readonly app: OAuthApp
  readonly scope: string
  /** The permission "Copilot Requests", for `github_pat_` and `ghs_`. */
  readonly copilotRequests: boolean
  /** The only models the token's app may use; `undefined` is all of the account's. */
  readonly models: readonly string[] | undefined
  /** Milliseconds since 1970, of an installation's; the others last until they are revoked. */
  readonly expiresAtMs: number | undefined
}

export interface IssueTokenInput {
  readonly login?: string
  /** @default 'ghu' */
  readonly kind?: GitHubTokenKind
  /** copilot, vscode, opencode, copilot-cli, gh, jetbrains or other. @default by kind: copilot for ghu, opencode for gho */
  readonly app?: string
  /** @default true */
  readonly copilotRequests?: boolean
  /** A value of your own; it must begin as its kind does. */
  readonly value?: string
  readonly scope?: string
  /** Which models the token's app may use; apps of others see fewer than Copilot's own. @default all */
  readonly models?: readonly string[]
}

export interface GitHubTokens {
  issue(login: string, input: IssueTokenInput, expiresAtMs?: number): GitHubToken
  find(value: string): GitHubToken | undefined
  revoke(value: string): boolean
  revokeAll(login: string): number
  list(): GitHubToken[]
  reset(): void
}

const KINDS: readonly GitHubTokenKind[] = ['ghu', 'gho', 'github_pat', 'ghs', 'ghp']

/** The class of a GitHub token, which its beginning tells. */
export function kindOfToken(value: string): GitHubTokenKind | undefined {
  return KINDS.find((kind) => value.startsWith(`${kind}_`))
}

export function createGitHubTokens(sealer: Sealer, now: () => number): GitHubTokens {
  const tokens = new Map<string, GitHubToken>()
  return {
    issue(login, input, expiresAtMs) {
      const kind = input.kind ?? (input.value === undefined ? 'ghu' : kindOfToken(input.value))
      if (kind === undefined || !KINDS.includes(kind)) {
        throw new TypeError(`token kind is not known; take one of ${KINDS.join(', ')}`)
      }
      if (input.value !== undefined && kindOfToken(input.value) !== kind) {
        throw new TypeError(`a token of kind ${kind} begins with ${kind}_`)
      }
      const app = appByName(input.app ?? (kind === 'gho' ? 'opencode' : 'copilot'))
      if (!app) throw new TypeError(`app '${input.app ?? ''}' is not known`)
      const token: GitHubToken = {
        value: input.value ?? `${kind}_${sealer.nextHex(kind === 'github_pat' ? 82 : 36)}`,
        kind,
        login,
        app: kind === 'gho' || kind === 'ghu' ? app : STRANGER_APP,
        scope: input.scope ?? (kind === 'gho' ? 'read:user' : ''),
        copilotRequests: input.copilotRequests ?? true,
        models: input.models,
        expiresAtMs,
      }
      tokens.set(token.value, token)
      return token
    },
    find(value) {
      const token = tokens.get(value)
      return token?.expiresAtMs !== undefined && token.expiresAtMs <= now() ? undefined : token
    },
    revoke: (value) => tokens.delete(value),
    revokeAll(login) {
      const gone = [...tokens.values()].filter((token) => token.login === login)
      for (const token of gone) tokens.delete(token.value)
      return gone.length
    },
    list: () => [...tokens.values()],
    reset() {
      tokens.clear()
    },
  }
}
