import { expect, test } from 'vitest'
import { sessionHeader } from './session-header.ts'

test.each([
  ['Claude Code', { 'x-claude-code-session-id': 'S', 'x-request-id': 'r' }],
  ['Codex', { 'session-id': 'S', 'thread-id': 'other' }],
  ['Codex of old', { session_id: 'S' }],
  ['OpenCode', { 'x-session-affinity': 'S', 'x-session-id': 'S' }],
  ['Copilot CLI', { 'x-client-session-id': 'S', 'x-interaction-id': 'turn 7' }],
])('%s names its session', (_client, headers) => {
  expect(sessionHeader(headers)).toBe('S')
})

test.each([
  [{}],
  [{ 'x-interaction-id': 'turn', 'x-request-id': 'r' }],
  [{ 'session-id': '' }],
  [{ 'session-id': 'x'.repeat(513) }],
  [{ 'session-id': ['two', 'of them'] }],
])('what is no session gives none: %j', (headers) => {
  expect(sessionHeader(headers as never)).toBeUndefined()
})
