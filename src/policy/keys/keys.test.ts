import { describe, expect, test } from 'vitest'
import type { Caller } from '../../core/call.ts'
import { createVirtualClock, type VirtualClock } from '../../core/virtual-clock.ts'
import { createKeyAuthenticator } from './authenticator.ts'
import { matches, refuseKey, refuseModel, refuseRoute } from './check-grant.ts'
import { createGrantCache } from './grant-cache.ts'
import type { Grant } from './key.ts'
import type { KeyStore } from './key-store.ts'
import { findsSeat } from '../seats/choose-seat.ts'
import { createSecret, displaySecret, hashSecret } from './secret.ts'

const NOW = 1_790_000_000_000

function grant(changes: Partial<Grant['key']> = {}, others: Partial<Grant> = {}): Grant {
  return {
    key: {
      id: 'k1',
      display: 'sk-…abcd',
      models: [],
      routes: [],
      limits: {},
      blocked: false,
      metadata: {},
      createdAtMs: 0,
      updatedAtMs: 0,
      version: 1,
      ...changes,
    },
    ...others,
  }
}
const member = (id: string, changes = {}) => ({
  id,
  models: [],
  limits: {},
  blocked: false,
  ...changes,
})

test('a secret is random, is hashed, and shows only its end', () => {
  const secret = createSecret()
  expect(secret).toMatch(/^sk-[\w-]{43}$/)
  expect(createSecret()).not.toBe(secret)
  expect(hashSecret(secret)).toMatch(/^[0-9a-f]{64}$/)
  expect(displaySecret(secret)).toBe(`sk-…${secret.slice(-4)}`)
})

describe('a key', () => {
  test.each([
    ['good', grant(), undefined],
    ['not yet expired', grant({ expiresAtMs: NOW + 1 }), undefined],
    ['expired', grant({ expiresAtMs: NOW }), 'expired on 2026'],
    ['blocked', grant({ blocked: true, alias: 'ci' }), 'the key ci is blocked'],
    ['of a blocked user', grant({}, { user: member('ada', { blocked: true }) }), 'the user ada'],
    [
      'of a deleted team',
      grant({ alias: 'ci' }, { deletedOwner: { kind: 'team', id: 'red' } }),
      'the team red of the key ci was deleted',
    ],
    ['of a blocked team', grant({}, { team: member('red', { blocked: true }) }), 'the team red'],
  ])('that is %s', (_, given, expected) => {
    expect(refuseKey(given, NOW)?.message ?? 'fine').toContain(expected ?? 'fine')
  })

  test.each([
    [[], ['gpt-4o'], true],
    [['gpt-4o'], ['gpt-4o'], true],
    [['github_copilot/gpt-4o'], ['gpt-4o', 'github_copilot/gpt-4o'], true],
    [['gpt-*'], ['gpt-4o'], true],
    [['gpt-*'], ['claude-sonnet-4.5'], false],
    [['*-mini'], ['gpt-5-mini'], true],
    [['*'], ['anything'], true],
    [['gpt-4'], ['gpt-4o'], false],
  ])('that lists %j may use %j: %s', (models, names, allowed) => {
    expect(refuseModel(grant({ models }), names) === undefined).toBe(allowed)
    expect(refuseModel(grant({}, { team: member('t', { models }) }), names) === undefined).toBe(
      allowed,
    )
  })

  test.each([
    [[], '/v1/messages', true],
    [['/v1/chat'], '/v1/chat/completions', true],
    [['/v1/chat'], '/v1/chatter', false],
    [['/v1/embeddings'], '/v1/embeddings', true],
    [['/v1/embeddings'], '/v1/chat/completions', false],
  ])('with the routes %j may use %s: %s', (routes, path, allowed) => {
    expect(refuseRoute(grant({ routes }), path) === undefined).toBe(allowed)
  })

  test.each([
    ['a*b*c', 'abc', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'ac', false],
    ['ab*bc', 'abc', false],
    ['**', '', true],
  ])('the pattern %s against %s: %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected)
  })
})

describe('who presents a key', () => {
  interface House {
    readonly clock: VirtualClock
    readonly grants: Map<string, Grant>
    reads: number
    away: boolean
    authenticate: (...keys: string[]) => Promise<Caller>
  }
  function house(masterKey?: string): House {
    const clock = createVirtualClock(NOW)
    const grants = new Map<string, Grant>()
    const state: House = {
      clock,
      grants,
      reads: 0,
      away: false,
      authenticate: () => Promise.reject(new Error()),
    }
    const store: Pick<KeyStore, 'findGrant'> = {
      findGrant: (hash) => {
        state.reads++
        return state.away ? Promise.reject(new Error('away')) : Promise.resolve(grants.get(hash))
      },
    }
    const serves = (known: Grant) => !refuseKey(known, clock.now()) && findsSeat(known, 'own')
    const cache = createGrantCache({ store: store as KeyStore, clock, serves })
    const authenticator = createKeyAuthenticator({
      masterKey: () => masterKey,
      grants: cache,
      clock,
    })
    state.authenticate = async (...keys) => authenticator.authenticate(keys)
    return state
  }

  test('without a master key everyone is the owner, whatever key a client sends', async () => {
    const { authenticate } = house()
    expect(await authenticate()).toEqual({ kind: 'open', seat: 'own' })
    expect(await authenticate('dummy')).toEqual({ kind: 'open', seat: 'own' })
    expect(await authenticate('dummy')).toEqual({ kind: 'open', seat: 'own' })
  })

  test('with one a key is asked for, and only known ones count', async () => {
    const { authenticate, grants } = house('sk-master')
    grants.set(
      hashSecret('sk-good'),
      grant({ alias: 'ci', userId: 'ada' }, { seat: { id: 's1', state: 'connected' } }),
    )
    await expect(authenticate()).rejects.toMatchObject({ status: 401, code: 'missing_key' })
    await expect(authenticate('sk-wrong')).rejects.toMatchObject({
      status: 401,
      code: 'invalid_key',
    })
    expect(await authenticate('sk-master')).toEqual({ kind: 'master', seat: 'own' })
    expect(await authenticate('sk-wrong', 'sk-good')).toMatchObject({
      kind: 'key',
      keyAlias: 'ci',
      seat: 's1',
    })
  })

  test('a revoked key stops within a second, and one in use is read once a second', async () => {
    const at = house('sk-master')
    at.grants.set(hashSecret('sk-good'), grant())
    await Promise.all([
      at.authenticate('sk-good'),
      at.authenticate('sk-good'),
      at.authenticate('sk-good'),
    ])
    expect(at.reads).toBe(1)
    at.grants.clear()
    await at.clock.advance(999)
    expect(await at.authenticate('sk-good')).toMatchObject({ kind: 'key' })
    await at.clock.advance(1)
    await expect(at.authenticate('sk-good')).rejects.toMatchObject({ code: 'invalid_key' })
  })

  test.each<[string, Grant, Grant]>([
    [
      'whose seat was revoked, once another is connected',
      grant({ userId: 'ada' }, { seat: { id: 'old', state: 'revoked' } }),
      grant({ userId: 'ada' }, { seat: { id: 'new', state: 'connected' } }),
    ],
    [
      'without a seat, once one is connected',
      grant({ userId: 'ada' }),
      grant({ userId: 'ada' }, { seat: { id: 'new', state: 'connected' } }),
    ],
    ['that was blocked', grant({ blocked: true }), grant({})],
    ['that had expired', grant({ expiresAtMs: NOW }), grant({ expiresAtMs: NOW + 1 })],
  ])('a refused key %s, serves at once where nobody was told', async (_, refused, mended) => {
    const at = house('sk-master')
    at.grants.set(hashSecret('sk-key'), refused)
    const before = await at.authenticate('sk-key').catch((error: unknown) => error)
    expect(before).not.toMatchObject({ kind: 'key', seat: 'new' })
    at.grants.set(hashSecret('sk-key'), mended)
    expect(await at.authenticate('sk-key')).toMatchObject({
      kind: 'key',
      seat: mended.seat?.id ?? 'own',
    })
    // From here on it is kept as any other.
    const { reads } = at
    await at.authenticate('sk-key')
    expect(at.reads).toBe(reads)
  })

  test('while the store is away a known key works for five minutes, an unknown one is told to wait', async () => {
    const at = house('sk-master')
    at.grants.set(hashSecret('sk-good'), grant())
    await at.authenticate('sk-good')
    at.away = true
    await at.clock.advance(299_000)
    expect(await at.authenticate('sk-good')).toMatchObject({ kind: 'key' })
    await expect(at.authenticate('sk-new')).rejects.toMatchObject({ status: 503, retry_after: 2 })
    await at.clock.advance(2_000)
    await expect(at.authenticate('sk-good')).rejects.toMatchObject({ status: 503 })
    expect(await at.authenticate('sk-master')).toMatchObject({ kind: 'master' })
  })

  test('a key in use is read again before its time is over, and no call waits for that', async () => {
    const clock = createVirtualClock(NOW)
    const reads: ((found: Grant | undefined) => void)[] = []
    const store: Pick<KeyStore, 'findGrant'> = {
      findGrant: () => new Promise((resolve) => void reads.push(resolve)),
    }
    const cache = createGrantCache({ store: store as KeyStore, clock })
    const first = cache.find('hash')
    reads[0]?.(grant())
    await first
    for (let second = 1; second <= 3; second++) {
      await clock.advance(800)
      for (let call = 0; call < 3; call++) expect(cache.find('hash')).toHaveProperty('key')
      expect(reads).toHaveLength(second + 1)
      reads.at(-1)?.(grant())
      await clock.advance(1)
    }
    // One that is revoked still ends in time, though the last call came early.
    await clock.advance(800)
    expect(cache.find('hash')).toHaveProperty('key')
    reads.at(-1)?.(undefined)
    await clock.advance(1)
    expect(cache.find('hash')).toBeUndefined()
  })

  test('who asks after a change gets no answer that was read before it', async () => {
    const reads: ((read: Grant) => void)[] = []
    const store: Pick<KeyStore, 'findGrant'> = {
      findGrant: () => new Promise((resolve) => reads.push(resolve)),
    }
    const clock = createVirtualClock(NOW)
    const cache = createGrantCache({ store: store as KeyStore, clock })
    const before = cache.find('hash')
    // The key is blocked here, or elsewhere, while a slow database answers.
    cache.clear()
    const after = cache.find('hash')
    reads[0]?.(grant())
    reads[1]?.(grant({ blocked: true }))
    expect((await before)?.key.blocked).toBe(false)
    expect((await after)?.key.blocked).toBe(true)
  })

  test('a flood of wrong keys is remembered only so far', async () => {
    const clock = createVirtualClock(NOW)
    let reads = 0
    const store = { findGrant: () => Promise.resolve(void reads++) }
    const cache = createGrantCache({ store: store as never, clock, maxEntries: 2 })
    for (const hash of ['a', 'b', 'c', 'c', 'b', 'a']) await cache.find(hash)
    expect(reads).toBe(4)
  })
})
