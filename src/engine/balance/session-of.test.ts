import { expect, test } from 'vitest'
import type { Caller } from '../../core/call.ts'
import { testCall } from '../__fixtures__/test-house.ts'
import { sessionOf } from './session-of.ts'

const claudeUser = JSON.stringify({ device_id: 'd', account_uuid: 'a', session_id: 'S' })
const key = (
  headers: Record<string, string>,
  body: Record<string, string | object> = {},
  group = 'group',
  caller: Partial<Caller> = {},
) =>
  sessionOf(
    testCall(body as never, {
      headers: new Map(Object.entries(headers)),
      caller: { kind: 'key', seat: 'own', keyId: 'k', ...caller },
    }),
    group,
  )

test.each([
  ['Claude Code', { 'x-claude-code-session-id': 'S' }, {}],
  ['Claude Code, by its body alone', {}, { metadata: { user_id: claudeUser } }],
  ['Codex', { 'session-id': 'S', 'thread-id': 'other' }, { prompt_cache_key: 'other' }],
  ['Codex of old', { session_id: 'S' }, {}],
  ['OpenCode', { 'x-session-affinity': 'S', 'x-session-id': 'S' }, {}],
  ['Copilot CLI', { 'x-client-session-id': 'S', 'x-interaction-id': 'turn 7' }, {}],
  ['whoever names a cache', {}, { prompt_cache_key: 'S' }],
] as const)('%s names its session', (_client, headers, body) => {
  expect(key(headers, body)).toBe(key({ 'x-session-id': 'S' }))
})

test('what is no session gives none', () => {
  expect(key({})).toBeUndefined()
  expect(key({ 'x-interaction-id': 'turn', 'x-request-id': 'r' })).toBeUndefined()
  expect(key({ 'session-id': '' }, { prompt_cache_key: 7 as never })).toBeUndefined()
  expect(key({ 'session-id': 'x'.repeat(513) })).toBeUndefined()
  expect(key({}, { metadata: { user_id: 'user_abc' } })).toBeUndefined()
  expect(key({}, { metadata: { user_id: '{broken' } })).toBeUndefined()
})

test('a session is its caller’s and its group’s, and its id is not in its name', () => {
  const own = key({ 'session-id': 'S' })
  expect(key({ 'session-id': 'S' }, {}, 'another group')).not.toBe(own)
  expect(key({ 'session-id': 'S' }, {}, 'group', { keyId: 'another key' })).not.toBe(own)
  expect(key({ 'session-id': 'T' })).not.toBe(own)
  // All keys of one person are one.
  const ada = { userId: 'ada' }
  expect(key({ 'session-id': 'S' }, {}, 'group', { ...ada, keyId: 'laptop' })).toBe(
    key({ 'session-id': 'S' }, {}, 'group', { ...ada, keyId: 'desktop' }),
  )
  expect(own).toMatch(/^[\w-]{22}$/)
})
