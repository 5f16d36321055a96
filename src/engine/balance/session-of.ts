import { createHash } from 'node:crypto'
import type { Call, Caller } from '../../core/call.ts'
import { asObject, asString, tryParseJson } from '../../core/json.ts'

/** Longer ones are no ids. */
const LONGEST = 512

/**
 * A short name of the session and of what it asks for, the same in every replica; `undefined` where the client names none. Made
 * from the caller, too: nobody can move another's session. The id itself goes no further.
 */
export function sessionOf(call: Call, group: string): string | undefined {
  const { body, caller } = call
  const session =
    fit(call.session) ??
    fit(body.json['prompt_cache_key']) ??
    sessionOfMetadata(body.json['metadata'])
  if (session === undefined) return undefined
  const parts = [ownerOf(caller), group, session]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)
}

/** Anthropic's clients put a JSON text there, of device, account and session. */
function sessionOfMetadata(metadata: unknown): string | undefined {
  const userId = asString(asObject(metadata)?.['user_id'])
  if (userId === undefined || !userId.startsWith('{') || userId.length > 4 * LONGEST)
    return undefined
  return fit(asObject(tryParseJson(userId))?.['session_id'])
}

function fit(value: unknown): string | undefined {
  const text = asString(value)
  return text === undefined || text === '' || text.length > LONGEST ? undefined : text
}

function ownerOf({ kind, userId, keyId }: Caller): string {
  return userId === undefined ? `${kind}:${keyId ?? ''}` : `user:${userId}`
}
