import { afterAll, describe, expect, test } from 'vitest'
import type { KeyStore } from '../../policy/keys/key-store.ts'
import type { Team, User, VirtualKey } from '../../policy/keys/key.ts'
import type { Database } from '../database/open.ts'
import { migrate } from '../migrations/migrate.ts'
import { testDatabases } from '../testing/databases.ts'
import { createKeyStore } from './keys.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

const key = (id: string, changes: Partial<VirtualKey> = {}): VirtualKey => ({
  id,
  display: 'sk-…abcd',
  alias: `alias-${id}`,
  models: ['gpt-*'],
  routes: [],
  limits: { requestsPerMinute: 5, budget: { maxNanoCredits: 10 ** 12, period: '1mo' } },
  blocked: false,
  metadata: { why: 'test' },
  createdAtMs: 1_790_000_000_000,
  updatedAtMs: 1_790_000_000_000,
  version: 1,
  ...changes,
})
const member = {
  models: [],
  limits: { parallel: 3 },
  blocked: false,
  metadata: {},
  createdAtMs: 1,
  updatedAtMs: 1,
  version: 1,
}
const user: User = { ...member, id: 'u1', name: 'Ada', role: 'member' }
const team: Team = { ...member, id: 't1', alias: 'Compilers' }

describe.each(databases)('keys on $name', (testDatabase) => {
  async function withStore(
    use: (store: KeyStore, database: Database) => Promise<void>,
  ): Promise<void> {
    const database = await testDatabase.open()
    await migrate(database)
    try {
      await use(createKeyStore(database), database)
    } finally {
      await database.close()
    }
  }

  test('a secret finds its key with user, team and seat', () =>
    withStore(async (store, database) => {
      await store.saveUser(user)
      await store.saveTeam(team)
      await store.insertKey(key('k1', { userId: 'u1', teamId: 't1', expiresAtMs: 5 }), 'hash-1')
      const seat = {
        host: 'github.com',
        kind: 'person',
        state: 'connected',
        created_at: 1,
        updated_at: 1,
        version: 1,
      }
      await database.query
        .insertInto('seats')
        .values({ id: 's1', user_id: 'u1', ...seat })
        .execute()
      expect(await store.findGrant('hash-1', 0)).toEqual({
        key: key('k1', { userId: 'u1', teamId: 't1', expiresAtMs: 5 }),
        user,
        team,
        seat: { id: 's1', state: 'connected' },
      })
      expect(await store.findGrant('hash-2', 0)).toBeUndefined()
    }))

  test('a key is found by id, hash and alias', () =>
    withStore(async (store) => {
      await store.insertKey(key('k1'), 'hash-1')
      for (const name of ['k1', 'hash-1', 'alias-k1'])
        expect(await store.findKey(name)).toEqual(key('k1'))
    }))

  test('a rotated secret stays good for its grace time', () =>
    withStore(async (store) => {
      await store.insertKey(key('k1'), 'old')
      expect(await store.rotateKey('k1', 'new', 'sk-…wxyz', 1000, 500)).toMatchObject({
        display: 'sk-…wxyz',
        version: 2,
      })
      expect((await store.findGrant('old', 999))?.key.id).toBe('k1')
      expect(await store.findGrant('old', 1000)).toBeUndefined()
      expect((await store.findGrant('new', 5000))?.key.id).toBe('k1')
    }))

  test('a deleted key is found by nothing', () =>
    withStore(async (store) => {
      await store.insertKey(key('k1'), 'hash-1')
      expect(await store.deleteKey('k1', 7)).toBe(true)
      expect(await store.deleteKey('k1', 8)).toBe(false)
      expect(await store.findGrant('hash-1', 0)).toBeUndefined()
      expect(await store.findKey('k1')).toBeUndefined()
      expect(await store.updateKey('k1', 1, { blocked: true }, 9)).toBeUndefined()
    }))

  test('of two who change the same version one is told', () =>
    withStore(async (store) => {
      await store.insertKey(key('k1'), 'hash-1')
      const changed = await store.updateKey('k1', 1, { alias: null, blocked: true, models: [] }, 9)
      expect(changed).toEqual(
        key('k1', { alias: undefined, blocked: true, models: [], updatedAtMs: 9, version: 2 }),
      )
      expect(await store.updateKey('k1', 1, { alias: 'late' }, 10)).toBeUndefined()

      await store.saveTeam(team)
      expect(await store.saveTeam(team)).toBe('conflict')
      expect(await store.saveTeam({ ...team, alias: 'A', version: 2 })).toBe('saved')
      expect(await store.saveTeam({ ...team, alias: 'B', version: 2 })).toBe('conflict')
      expect((await store.findTeam('t1'))?.alias).toBe('A')
    }))

  test('with its user or team gone a key tells which', () =>
    withStore(async (store) => {
      await store.saveUser(user)
      await store.saveTeam(team)
      await store.insertKey(key('k1', { userId: 'u1' }), 'h1')
      await store.insertKey(key('k2', { teamId: 't1' }), 'h2')
      const asked = [{ userId: 'u1' }, { teamId: 't1' }, {}, { userId: 'u1', teamId: 'never' }]
      expect(await store.findDeletedOwners(asked)).toEqual([
        undefined,
        undefined,
        undefined,
        { kind: 'team', id: 'never' },
      ])
      await store.deleteUser('u1', 5)
      const ofUser = { kind: 'user', id: 'u1' }
      expect(await store.findGrant('h1', 0)).toMatchObject({ deletedOwner: ofUser })
      expect((await store.findGrant('h2', 0))?.deletedOwner).toBeUndefined()
      await store.deleteTeam('t1', 5)
      const ofTeam = { kind: 'team', id: 't1' }
      expect(await store.findGrant('h2', 0)).toMatchObject({ deletedOwner: ofTeam })
      expect(await store.findDeletedOwners(asked)).toEqual([ofUser, ofTeam, undefined, ofUser])
      expect(await store.findDeletedOwners([])).toEqual([])
    }))

  test('lists in pages, newest first, by user and by team', () =>
    withStore(async (store) => {
      for (let index = 0; index < 7; index++) {
        const owner = index % 2 ? { userId: 'u1' } : { teamId: 't1' }
        await store.insertKey(
          key(`k${index}`, { createdAtMs: 1000 + Math.floor(index / 2), ...owner }),
          `h${index}`,
        )
      }
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await store.listKeys({ limit: 2, cursor })
        seen.push(...page.keys.map((found) => found.id))
        cursor = page.next
      } while (cursor !== undefined)
      expect(seen).toEqual(['k6', 'k5', 'k4', 'k3', 'k2', 'k1', 'k0'])
      const ofUser = await store.listKeys({ limit: 9, userId: 'u1' })
      expect(ofUser.keys.map((found) => found.id)).toEqual(['k5', 'k3', 'k1'])
    }))

  test('users and teams are made, listed and deleted', () =>
    withStore(async (store) => {
      expect(await store.saveUser(user)).toBe('saved')
      expect(await store.saveUser({ ...user, id: 'u0', role: 'administrator' })).toBe('saved')
      const first = await store.listUsers({ limit: 1 })
      expect(first.members.map((found) => [found.id, found.role])).toEqual([
        ['u0', 'administrator'],
      ])
      const second = await store.listUsers({ limit: 1, cursor: first.next })
      expect(second.members.map((found) => found.id)).toEqual(['u1'])
      expect(second.next).toBeUndefined()
      expect(await store.deleteUser('u1', 5)).toBe(true)
      expect(await store.findUser('u1')).toBeUndefined()
      await store.saveTeam(team)
      expect(await store.deleteTeam('t1', 5)).toBe(true)
      expect(await store.listTeams({ limit: 10 })).toEqual({ members: [], next: undefined })
    }))
})
