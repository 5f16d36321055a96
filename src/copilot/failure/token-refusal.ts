import { AuthenticationError, BadRequestError, PermissionDeniedError } from '../../core/errors.ts'
import type { ErrorDetails } from '../../core/errors.ts'
import type { Failure, Refusal } from '../../core/upstream.ts'
import type { ErrorBody } from './error-body.ts'

const RENEW = { kind: 'renew-credential' } as const

/** The gateway's texts about a credential. A new token, or the other way of using the same one, may do. */
const UNSUITABLE =
  /(?:Personal Access|Server-To-Server) Tokens? (?:is|are) not supported|Authorization header is badly formatted/i
/** A token that GitHub must be asked to change; no new one would do. */
const LACKS_PERMISSION = /does not have Copilot Requests permission/i
const FORBIDDEN =
  /^forbidden$|access to this endpoint is forbidden|not authorized for this integration/i

/** 400, 401 and 403 that are about who calls. `undefined`: it is about something else. */
export function readTokenRefusal(
  { status }: Refusal,
  said: ErrorBody,
  details: ErrorDetails,
): Failure | undefined {
  const { message, authorizeUrl } = said
  if (LACKS_PERMISSION.test(message)) {
    const remedy =
      'Give it the permission "Copilot Requests" at https://github.com/settings/tokens, or run `jetway login`.'
    const text = `GitHub Copilot refused the token: ${sentence(message)} ${remedy}`
    return {
      error: new AuthenticationError(text, { ...details, code: 'missing_copilot_permission' }),
    }
  }
  if (status === 400) {
    if (/missing Editor-Version header/i.test(message)) {
      const text = `${sentence(message)} Do not empty editor-version in extra_headers or the identity headers.`
      return { error: new BadRequestError(text, { ...details, code: 'missing_editor_version' }) }
    }
    if (!UNSUITABLE.test(message)) return undefined
    const text = `GitHub Copilot refused this kind of token: ${sentence(message)} Run \`jetway login\`.`
    const error = new AuthenticationError(text, { ...details, code: 'token_kind_refused' })
    return { error, mend: RENEW }
  }
  if (status === 401) {
    if (authorizeUrl) {
      const text = `GitHub Copilot wants a permission first: visit ${authorizeUrl}`
      return { error: new AuthenticationError(text, { ...details, code: 'authorization_needed' }) }
    }
    const text = `GitHub Copilot refused the token: ${sentence(message || 'unauthorized')}`
    return {
      error: new AuthenticationError(text, {
        ...details,
        code: details.code ?? (/expired/i.test(message) ? 'token_expired' : 'unauthorized'),
      }),
      mend: RENEW,
    }
  }
  if (!FORBIDDEN.test(message) && message !== '') return undefined
  const text = `GitHub Copilot refused the token for this call: ${sentence(message || 'forbidden')} A copilot-integration-id that does not fit the token's kind does that too.`
  return {
    error: new PermissionDeniedError(text, { ...details, code: details.code ?? 'forbidden' }),
    mend: RENEW,
  }
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}
