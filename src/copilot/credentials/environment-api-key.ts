import type { Environment } from '../environment.ts'
import { variable } from '../environment.ts'
import { parseApiToken } from './api-token.ts'
import type { Credential } from './credential.ts'
import { credentialFromText, unusable } from './explicit.ts'
import { tokenKind } from './token-kind.ts'

/** `COPILOT_API_KEY`: a Copilot API token, checked for form and expiry and else used as it is. */
export function credentialFromApiKey(
  environment: Environment,
  host: string,
  nowMs: number,
): Credential | undefined {
  const place = 'COPILOT_API_KEY'
  const text = variable(environment, place)
  if (text === undefined) return undefined
  const credential = credentialFromText(text, place, { source: place, host })
  const fields = parseApiToken(credential.token)
  if (!fields) {
    throw unusable(
      place,
      'a Copilot API token begins with tid=',
      tokenKind(credential.token) === 'other'
        ? 'put such a token there, or unset it and run `jetway login`'
        : 'this is a GitHub token: put it into COPILOT_OAUTH_TOKEN instead',
    )
  }
  if (fields.expiresAt !== undefined && fields.expiresAt * 1000 <= nowMs) {
    const when = new Date(fields.expiresAt * 1000).toISOString()
    throw unusable(place, `it expired at ${when}`, 'put a new one there, or unset it')
  }
  return credential
}
