import { AuthenticationError } from '../../core/errors.ts'
import type { Credential, CredentialSource } from './credential.ts'
import { isTokenText, maskToken, tokenKind } from './token-kind.ts'

/**
 * A token someone put somewhere on purpose: used as it is, or refused with the reason. `place` is what the person calls it,
 * as `COPILOT_OAUTH_TOKEN`.
 */
export function credentialFromText(
  text: string,
  place: string,
  known: {
    readonly source: CredentialSource
    readonly host: string
    readonly file?: string | undefined
    readonly login?: string | undefined
    readonly apiEndpoint?: string | undefined
    readonly expiresAtMs?: number | undefined
    readonly keepsFiles?: boolean | undefined
  },
): Credential {
  const token = text.trim()
  if (token === '') throw unusable(place, 'it is empty', 'run `jetway login`')
  if (!isTokenText(token)) {
    throw unusable(place, 'it holds white space or characters no token has', 'copy it again, whole')
  }
  const kind = tokenKind(token)
  if (kind === 'ghp') {
    throw unusable(
      place,
      `a classic personal access token (${maskToken(token)}) is not accepted by GitHub Copilot`,
      'make a fine-grained one (github_pat_…) with the permission "Copilot Requests", or run `jetway login`',
    )
  }
  const { source, host, file, login, apiEndpoint, expiresAtMs, keepsFiles = false } = known
  return { source, kind, token, host, file, login, apiEndpoint, expiresAtMs, keepsFiles }
}

export function unusable(place: string, why: string, remedy: string): AuthenticationError {
  return new AuthenticationError(`The token of ${place} is not used: ${why}; ${remedy}.`, {
    llm_provider: 'github_copilot',
    code: 'credential_refused',
  })
}
