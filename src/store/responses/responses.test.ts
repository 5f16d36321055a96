import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ResponseStore, StoredResponse } from '../../core/response-store.ts'
import { migrate } from '../migrations/migrate.ts'
import { testDatabases } from '../testing/databases.ts'
import type { Database } from '../database/open.ts'
import { createResponseStore } from './responses.ts'

const BOUNDS = { maxCount: 3, maxBytes: 100 }

function response(id: string, owner: string, createdAt = 1, body = '{}'): StoredResponse {
  return { id, owner, createdAt, expiresAt: createdAt + 1000, body }
}

for (const place of await testDatabases()) {
  describe(place.name, () => {
    let database: Database
    let store: ResponseStore
    beforeAll(async () => {
      database = await place.open()
      await migrate(database)
      store = createResponseStore(database)
    })
    afterAll(async () => {
      await database.close()
      await place.close()
    })

    test('gives back what was saved, to its owner, within its time', async () => {
      const saved = response('resp_1', 'ada', 5, '{"a":"é"}')
      await store.save(saved, BOUNDS)
      expect(await store.find('resp_1', 'ada', 10)).toEqual(saved)
      expect(await store.find('resp_1', 'bob', 10)).toBeUndefined()
      expect(await store.find('resp_1', 'ada', 1005)).toBeUndefined()
    })

    test('an id that another has is neither replaced nor removed', async () => {
      await store.save(response('resp_2', 'ada', 1, '{"of":"ada"}'), BOUNDS)
      await store.save(response('resp_2', 'bob', 1, '{"of":"bob"}'), BOUNDS)
      expect((await store.find('resp_2', 'ada', 2))?.body).toBe('{"of":"ada"}')
      expect(await store.find('resp_2', 'bob', 2)).toBeUndefined()
      expect(await store.remove('resp_2', 'bob', 2)).toBe(false)
      expect(await store.remove('resp_2', 'ada', 2)).toBe(true)
      expect(await store.remove('resp_2', 'ada', 2)).toBe(false)
    })

    test('the same id of the same owner is saved anew', async () => {
      await store.save(response('resp_3', 'ada', 1, '{"n":1}'), BOUNDS)
      await store.save(response('resp_3', 'ada', 2, '{"n":2}'), BOUNDS)
      expect((await store.find('resp_3', 'ada', 3))?.body).toBe('{"n":2}')
    })

    test('the oldest of an owner go, by count and by bytes, and nobody else’s', async () => {
      await store.save(response('resp_b', 'bob2'), BOUNDS)
      for (const at of [1, 2, 3, 4]) await store.save(response(`resp_c${at}`, 'carl', at), BOUNDS)
      expect(await store.find('resp_c1', 'carl', 5)).toBeUndefined()
      expect(await store.find('resp_c2', 'carl', 5)).toBeDefined()
      const large = JSON.stringify('x'.repeat(97))
      await store.save(response('resp_c5', 'carl', 5, large), BOUNDS)
      expect(await store.find('resp_c4', 'carl', 6)).toBeUndefined()
      expect(await store.find('resp_c5', 'carl', 6)).toBeDefined()
      await store.save(response('resp_c6', 'carl', 6, `${large}     `), BOUNDS)
      expect(await store.find('resp_c6', 'carl', 7)).toBeUndefined()
      expect(await store.find('resp_b', 'bob2', 7)).toBeDefined()
    })
  })
}
