import { afterAll, describe, expect, test } from 'vitest'
import { migrate } from '../migrations/migrate.ts'
import { testDatabases } from '../testing/databases.ts'
import { createRepeated } from './repeated.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

interface Spent {
  readonly scope: string
  readonly spent: number
}

describe.each(databases)('a repeated query on $name', (testDatabase) => {
  test.each([[[1, 1, 2]], [[2, 2, 3, 3]], [[16, 17, 16, 17, 40]]])(
    'has the values that it is asked with: %j rows',
    async (counts) => {
      const database = await testDatabase.open()
      try {
        await migrate(database)
        let built = 0
        const add = createRepeated({
          build: (rows: readonly Spent[]) => {
            built += 1
            return database.query
              .insertInto('spending')
              .values(rows.map((row) => ({ ...row, period_start: 7, held: 0 })))
              .returning(['scope', 'spent'])
          },
          valuesOf: ({ scope, spent }) => [scope, spent, 7, 0],
        })
        for (const [turn, count] of counts.entries()) {
          const rows = Array.from({ length: count }, (_, index) => ({
            scope: `key:${turn}-${index}`,
            spent: turn * 100 + index,
          }))
          expect((await database.query.executeQuery(add(rows))).rows).toEqual(rows)
        }
        const small = new Set(counts.filter((count) => count <= 16)).size
        expect(built).toBe(small + counts.filter((count) => count > 16).length)
      } finally {
        await database.close()
      }
    },
  )

  test('whose values are named in another order than it binds them is refused', async () => {
    const database = await testDatabase.open()
    const find = createRepeated({
      build: ([row = { scope: '', spent: 0 }]: readonly Spent[]) =>
        database.query
          .selectFrom('spending')
          .selectAll()
          .where('scope', '=', row.scope)
          .where('spent', '=', row.spent),
      valuesOf: ({ scope, spent }) => [spent, scope],
    })
    expect(() => find([{ scope: 'key:a', spent: 1 }])).toThrow('not in the order of this query')
    await database.close()
  })
})
