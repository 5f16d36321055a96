import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../database/open.ts'
import { migrate } from '../migrations/migrate.ts'
import { testDatabases } from '../testing/databases.ts'
import { deleteOldRows } from '../upkeep/retention.ts'
import { createEndedSessions } from './ended-sessions.ts'

for (const place of await testDatabases()) {
  describe(place.name, () => {
    let database: Database
    beforeAll(async () => {
      database = await place.open()
      await migrate(database)
    })
    afterAll(async () => {
      await database.close()
      await place.close()
    })

    test('an ended session is known to all until it would have ended by itself', async () => {
      const ended = createEndedSessions(database)
      await ended.end('one', 2000)
      await ended.end('one', 2000)
      await ended.end('two', 5000)
      expect(await createEndedSessions(database).list(1000)).toHaveLength(2)
      expect(await ended.list(2000)).toEqual([{ id: 'two', expiresAtMs: 5000 }])
      await deleteOldRows(database, {}, 6000)
      const left = await database.query.selectFrom('ended_sessions').selectAll().execute()
      expect(left).toEqual([])
    })
  })
}
