import type { IncomingHttpHeaders } from 'node:http'

/**
 * Where clients say which session a call belongs to, the surest first: Claude Code, Codex, OpenCode, GitHub's Copilot CLI. What
 * changes with every turn (`x-interaction-id`) or every call says nothing of a session.
 */
const NAMES = [
  'x-claude-code-session-id',
  'session-id',
  'session_id',
  'x-session-affinity',
  'x-session-id',
  'x-client-session-id',
  'thread-id',
] as const

/** Longer ones are no ids. */
const LONGEST = 512

/** Looked at for routing only: none of these headers is sent on. */
export function sessionHeader(headers: IncomingHttpHeaders): string | undefined {
  for (const name of NAMES) {
    const value = headers[name]
    if (typeof value === 'string' && value !== '' && value.length <= LONGEST) return value
  }
  return undefined
}
