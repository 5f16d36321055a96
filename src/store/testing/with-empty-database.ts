import type { Database } from '../database/open.ts'
import { migrate } from '../migrations/migrate.ts'
import type { TestDatabase } from './databases.ts'

/** Runs a test with an empty database of its own, brought to the present version and closed afterwards. */
export async function withEmptyDatabase(
  testDatabase: TestDatabase,
  use: (database: Database) => Promise<void>,
): Promise<void> {
  const database = await testDatabase.open()
  await migrate(database)
  try {
    await use(database)
  } finally {
    await database.close()
  }
}
