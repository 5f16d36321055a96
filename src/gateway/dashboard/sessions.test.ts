import { expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { cookieName, sessionCookie } from './session-cookie.ts'
import { createSessions, SESSION_MS } from './sessions.ts'
import { createSignInAttempts } from './sign-in-attempts.ts'

const secret = () => 'sk-master'

test('a session ends after its time', async () => {
  const clock = createVirtualClock()
  const sessions = createSessions(secret, clock)
  const token = sessions.open('sk-one') ?? ''
  expect(sessions.keyOf(token)).toBe('sk-one')
  await clock.advance(SESSION_MS - 1)
  expect(sessions.keyOf(token)).toBe('sk-one')
  await clock.advance(1)
  expect(sessions.keyOf(token)).toBeUndefined()
})

test('another worker with the same master key knows it; with another one nobody does', () => {
  const clock = createVirtualClock()
  const token = createSessions(secret, clock).open('sk-one') ?? ''
  expect(createSessions(secret, clock).keyOf(token)).toBe('sk-one')
  expect(createSessions(() => 'sk-new', clock).keyOf(token)).toBeUndefined()
  expect(createSessions(() => undefined, clock).keyOf(token)).toBeUndefined()
})

test('two sessions of one key have nothing in common', () => {
  const sessions = createSessions(secret, createVirtualClock())
  const [first = '', second = ''] = [sessions.open('sk-one'), sessions.open('sk-one')]
  expect(first.slice(0, 30)).not.toBe(second.slice(0, 30))
  sessions.end(first)
  expect(sessions.keyOf(first)).toBeUndefined()
  expect(sessions.keyOf(second)).toBe('sk-one')
})

test('a key that fits no cookie opens no session', () => {
  expect(createSessions(secret, createVirtualClock()).open('k'.repeat(3_000))).toBeUndefined()
})

test.each([
  ['localhost:4000', 'jetway_session_4000'],
  ['[::1]:80', 'jetway_session_80'],
  ['jetway.example', 'jetway_session'],
  [undefined, 'jetway_session'],
])('the cookie of %s is %s', (host, name) => {
  expect(cookieName(host)).toBe(name)
  const headers = { ...(host === undefined ? {} : { host }), cookie: `a=b; ${name}=value; c=d` }
  expect(sessionCookie(headers)).toBe('value')
  expect(sessionCookie({ ...headers, cookie: `x${name}=value` })).toBeUndefined()
})

test('wrong keys from one address do not keep others out, until there are very many', async () => {
  const clock = createVirtualClock()
  const attempts = createSignInAttempts(clock)
  const isRefused = (address: string): boolean => {
    try {
      attempts.check(address)
      return false
    } catch {
      return true
    }
  }
  for (let count = 0; count < 10; count++) attempts.failed('10.0.0.1')
  expect([isRefused('10.0.0.1'), isRefused('10.0.0.2')]).toEqual([true, false])
  for (let count = 0; count < 300; count++) attempts.failed(`10.1.0.${count}`)
  expect(isRefused('10.0.0.2')).toBe(true)
  await clock.advance(60_000)
  expect([isRefused('10.0.0.1'), isRefused('10.0.0.2')]).toEqual([false, false])
})
