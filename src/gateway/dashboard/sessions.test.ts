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

test('two sessions of one key have nothing in common', async () => {
  const sessions = createSessions(secret, createVirtualClock())
  const [first = '', second = ''] = [sessions.open('sk-one'), sessions.open('sk-one')]
  expect(first.slice(0, 30)).not.toBe(second.slice(0, 30))
  await sessions.end(first)
  expect(sessions.keyOf(first)).toBeUndefined()
  expect(sessions.keyOf(second)).toBe('sk-one')
})

/** One list for all processes, which can be away. */
function sharedList() {
  const rows: { id: string; expiresAtMs: number }[] = []
  let away = false
  const whenThere = <Value>(value: () => Value): Promise<Value> =>
    away ? Promise.reject(new Error('away')) : Promise.resolve(value())
  return {
    goAway: (isAway: boolean) => {
      away = isAway
    },
    end: (id: string, expiresAtMs: number) =>
      whenThere(() => {
        rows.push({ id, expiresAtMs })
      }),
    list: (nowMs: number) => whenThere(() => rows.filter((row) => row.expiresAtMs > nowMs)),
  }
}

test('who signs out at one process is signed out at the others within a second', async () => {
  const clock = createVirtualClock()
  const list = sharedList()
  const [here, there] = [createSessions(secret, clock, list), createSessions(secret, clock, list)]
  const token = here.open('sk-one') ?? ''
  const other = here.open('sk-one') ?? ''
  expect(there.keyOf(token)).toBe('sk-one')
  await here.end(token)
  expect(here.keyOf(token)).toBeUndefined()
  await clock.advance(1000)
  expect([there.keyOf(token), there.keyOf(other)]).toEqual([undefined, 'sk-one'])
  // One that starts later has never heard of it but from the list.
  const late = createSessions(secret, clock, list)
  await clock.advance(0)
  expect(late.keyOf(token)).toBeUndefined()
})

test('without the list a process goes on with what it knows, and learns when it is back', async () => {
  const clock = createVirtualClock()
  const list = sharedList()
  const [here, there] = [createSessions(secret, clock, list), createSessions(secret, clock, list)]
  const token = here.open('sk-one') ?? ''
  expect(there.keyOf(token)).toBe('sk-one')
  list.goAway(true)
  await expect(here.end(token)).rejects.toThrow('away')
  expect(here.keyOf(token)).toBeUndefined()
  await clock.advance(2000)
  expect(there.keyOf(token)).toBe('sk-one')
  list.goAway(false)
  await here.end(token)
  await clock.advance(1000)
  expect(there.keyOf(token)).toBeUndefined()
})

test('while nobody is at the page, nobody is asked', async () => {
  const clock = createVirtualClock()
  let asked = 0
  const sessions = createSessions(secret, clock, {
    end: () => Promise.resolve(),
    list: () => {
      asked++
      return Promise.resolve([])
    },
  })
  sessions.keyOf('whatever')
  await clock.advance(30 * 60_000)
  const before = asked
  expect(before).toBeGreaterThan(500)
  await clock.advance(3_600_000)
  expect(asked).toBe(before)
  sessions.close()
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
