import { afterAll, describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createAllowances } from '../../policy/budgets/allowances.ts'
import { migrate } from '../migrations/migrate.ts'
import { testDatabases } from '../testing/databases.ts'
import { createBudgets } from './budgets.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

const key = { scope: 'key:a', periodStartMs: 1000 }
const demands = [{ ...key, maxNanoCredits: 100 }]

describe.each(databases)(
  'holds that expired while their process slept, on $name',
  (testDatabase) => {
    async function house() {
      const database = await testDatabase.open()
      await migrate(database)
      const clock = createVirtualClock(1_000_000)
      return { store: createBudgets(database), clock, close: () => database.close() }
    }

    test('the next call is refused, and the store is not asked without end', async () => {
      const { store, clock, close } = await house()
      let holds = 0
      let turned = false
      const one = createAllowances({
        store: {
          ...store,
          hold: (request) => {
            if (++holds > 500)
              throw new Error(`asks without end; others had a turn meanwhile: ${turned}`)
            return store.hold(request)
          },
        },
        holder: 'one',
        clock,
      })
      expect((await one.reserve({ demands, nanoCredits: 40 })).refusal).toBeUndefined()
      clock.jump(301_000)
      expect(await store.expireHolds(clock.now())).toBe(1)
      setTimeout(() => (turned = true), 1)
      const verdict = await one.reserve({ demands, nanoCredits: 40 })
      expect(verdict.refusal).toMatchObject(key)
      one.settle({ accounts: demands, reservedNanoCredits: 40, nanoCredits: 10 })
      await one.close()
      await close()
    })

    test('a process that wakes renews its holds before they are counted as spent', async () => {
      const { store, clock, close } = await house()
      const one = createAllowances({ store, holder: 'one', clock })
      await one.reserve({ demands, nanoCredits: 40 })
      await clock.advance(5_000)
      // The machine sleeps ten minutes, which only the wall clock shows; then its own upkeep comes round.
      clock.jump(600_000)
      await clock.advance(1_000)
      await one.spending([key])
      expect(await store.expireHolds(clock.now() - 10_000)).toBe(0)
      one.settle({ accounts: demands, reservedNanoCredits: 40, nanoCredits: 10 })
      await one.close()
      expect(await store.spending([key])).toEqual([
        { ...key, spentNanoCredits: 10, heldNanoCredits: 0 },
      ])
      await close()
    })

    test('a posting whose answer was lost does not make the next call ask without end', async () => {
      const { store, clock, close } = await house()
      let holds = 0
      let loses = false
      const one = createAllowances({
        store: {
          ...store,
          hold: (request) => {
            if (++holds > 500) throw new Error('asks without end')
            return store.hold(request)
          },
          async post(posting) {
            const rows = await store.post(posting)
            if (loses) throw new Error('the connection broke after the commit')
            return rows
          },
        },
        holder: 'one',
        clock,
      })
      await one.reserve({ demands, nanoCredits: 40 })
      one.settle({ accounts: demands, reservedNanoCredits: 40, nanoCredits: 40 })
      loses = true
      await one.spending([key])
      loses = false
      // 40 of 100 are spent; whether the store is told so twice or not, this is an answer, and it comes.
      await one.reserve({ demands, nanoCredits: 50 })
      expect(holds).toBeLessThan(10)
      await one.close()
      await close()
    })
  },
)
