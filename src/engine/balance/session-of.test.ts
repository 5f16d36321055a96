import { expect, test } from 'vitest'
import type { Caller } from '../../core/call.ts'
import { testCall } from '../__fixtures__/test-house.ts'
import { sessionOf } from './session-of.ts'

const claudeUser = JSON.stringify({ device_id: 'd', account_uuid: 'a', session_id: 'S' })
const key = (
  session: string | undefined,
  body: Record<string, string | object> = {},
  group = 'group',
  caller: Partial<Caller> = {},
) =>
  sessionOf(
    testCall(body as never, {
      session,
      caller: { kind: 'key', seat: 'own', keyId: 'k', ...caller },
    }),
    group,
  )

test.each([
  ['a header', 'S', {}],
  ['a header, before the body', 'S', { prompt_cache_key: 'other' }],
  ['the name of a cache', undefined, { prompt_cache_key: 'S' }],
  ['Claude Code’s metadata', undefined, { metadata: { user_id: claudeUser } }],
] as const)('%s names a session', (_where, session, body) => {
  expect(key(session, body)).toBe(key('S'))
})

test('what is no session gives none', () => {
  expect(key(undefined)).toBeUndefined()
  expect(key('', { prompt_cache_key: 7 as never })).toBeUndefined()
  expect(key('x'.repeat(513))).toBeUndefined()
  expect(key(undefined, { metadata: { user_id: 'user_abc' } })).toBeUndefined()
  expect(key(undefined, { metadata: { user_id: '{broken' } })).toBeUndefined()
})

test('a session is its caller’s and its group’s, and its id is not in its name', () => {
  const own = key('S')
  expect(key('S', {}, 'another group')).not.toBe(own)
  expect(key('S', {}, 'group', { keyId: 'another key' })).not.toBe(own)
  expect(key('T')).not.toBe(own)
  // All keys of one person are one.
  const ada = { userId: 'ada' }
  expect(key('S', {}, 'group', { ...ada, keyId: 'laptop' })).toBe(
    key('S', {}, 'group', { ...ada, keyId: 'desktop' }),
  )
  expect(own).toMatch(/^[\w-]{22}$/)
})
