import { expect, test } from 'vitest'
import { CompiledQuery, Kysely } from 'kysely'
import type { Database } from '../database/open.ts'
import { openSqlite } from '../database/sqlite.ts'
import { migrate } from '../migrations/migrate.ts'
import type { Schema } from '../schema.ts'
import { findCall, listCalls, type CallFilter } from './read.ts'

/** SQLite's plans for what `ask` asks. */
async function plansOf(ask: (database: Database) => Promise<unknown>): Promise<readonly string[]> {
  const asked: CompiledQuery[] = []
  const query = new Kysely<Schema>({
    dialect: openSqlite(':memory:'),
    log: (event) => {
      asked.push(event.query)
    },
  })
  const database: Database = { kind: 'sqlite', query, close: () => query.destroy() }
  await migrate(database)
  asked.length = 0
  await ask(database)
  const plans: string[] = []
  for (const { sql, parameters } of asked.splice(0)) {
    const { rows } = await query.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
    )
    plans.push(...rows.map(({ detail }) => detail))
  }
  await query.destroy()
  return plans
}

const filters: readonly (readonly [string, CallFilter, string])[] = [
  ['everything', {}, 'calls_started'],
  ['a time', { from: 1, to: 2 }, 'calls_started'],
  ['a key', { keyId: 'k', from: 1 }, 'calls_key_id'],
  ['a user', { userId: 'u' }, 'calls_user_id'],
  ['a team', { teamId: 't' }, 'calls_team_id'],
  ['a model', { model: 'm' }, 'calls_model'],
  ['what went wrong', { outcome: 'failed' }, 'calls_outcome'],
]

test.each(filters)(
  'a page of %s is read from an index, the first and the next',
  async (_, filter, index) => {
    for (const cursor of [undefined, '1700000000000.id']) {
      const plans = await plansOf((database) => listCalls(database, filter, 10, cursor))
      expect(plans[0]).toMatch(new RegExp(`USING INDEX ${index}\\b`))
      // Calls of one millisecond may have to be put in order, never all of them.
      expect(plans.filter((plan) => /ORDER BY/.test(plan) && !/LAST TERM/.test(plan))).toEqual([])
    }
  },
)

test('one call is found by an index, by the client’s id and by ours', async () => {
  const plans = await plansOf((database) => findCall(database, 'some-id'))
  expect(plans.filter((plan) => plan.startsWith('SEARCH'))).toEqual([
    expect.stringContaining('USING INDEX calls_request'),
    expect.stringContaining('USING INDEX sqlite_autoindex_calls_1'),
  ])
  expect(plans.filter((plan) => plan.startsWith('SCAN'))).toEqual([])
})
