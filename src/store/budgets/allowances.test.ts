import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createAllowances, type Budgets } from '../../policy/budgets/allowances.ts'
import type { BudgetStore, HoldRequest, Posting } from '../../policy/budgets/budget-store.ts'
import { migrate } from '../migrations/migrate.ts'
import { testDatabases } from '../testing/databases.ts'
import { createBudgets } from './budgets.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

const key = { scope: 'key:a', periodStartMs: 1000 }
const team = { scope: 'team:t', periodStartMs: 0 }

/** A store that counts what changes it. */
function counting(store: BudgetStore): BudgetStore & { holds: number; posts: number } {
  const counted = {
    ...store,
    holds: 0,
    posts: 0,
    hold: (request: HoldRequest) => {
      counted.holds += 1
      return store.hold(request)
    },
    post: (posting: Posting) => {
      counted.posts += 1
      return store.post(posting)
    },
  }
  return counted
}

describe.each(databases)('allowances on $name', (testDatabase) => {
  async function withStore(
    use: (house: {
      readonly store: BudgetStore
      readonly clock: ReturnType<typeof createVirtualClock>
      readonly process: (name: string, store?: BudgetStore) => Budgets
    }) => Promise<void>,
  ): Promise<void> {
    const database = await testDatabase.open()
    await migrate(database)
    const store = createBudgets(database)
    const clock = createVirtualClock(1_000_000)
    try {
      await use({
        store,
        clock,
        process: (holder, own = store) => createAllowances({ store: own, holder, clock }),
      })
    } finally {
      await database.close()
    }
  }
  const demandsOf = (max: number) => [
    { ...key, maxNanoCredits: max },
    { ...team, maxNanoCredits: 1_000_000 },
  ]
  const reserve = async (budgets: Budgets, nanoCredits: number, max = 100) =>
    budgets.reserve({ demands: demandsOf(max), nanoCredits })
  const settle = (budgets: Budgets, reservedNanoCredits: number, nanoCredits: number) => {
    budgets.settle({ accounts: [key, team], reservedNanoCredits, nanoCredits })
  }

  test('the last money of a budget is held by the calls that need it alone', () =>
    withStore(async ({ process, store }) => {
      const one = process('one')
      const two = process('two')
      expect((await reserve(one, 60)).spending[0]).toEqual({
        ...key,
        spentNanoCredits: 0,
        heldNanoCredits: 60,
      })
      expect((await reserve(two, 60)).refusal).toEqual({
        ...key,
        spentNanoCredits: 0,
        heldNanoCredits: 60,
        maxNanoCredits: 100,
      })
      expect((await reserve(two, 40)).refusal).toBeUndefined()
      settle(one, 60, 10)
      settle(two, 40, 7)
      await one.close()
      await two.close()
      expect(await store.spending([key, team])).toEqual([
        { ...key, spentNanoCredits: 17, heldNanoCredits: 0 },
        { ...team, spentNanoCredits: 17, heldNanoCredits: 0 },
      ])
    }))

  test('far from its end a budget is asked once for many calls', () =>
    withStore(async ({ process, store }) => {
      const counted = counting(store)
      const budgets = process('one', counted)
      await reserve(budgets, 10, 100_000)
      for (let call = 0; call < 30; call++) {
        expect(budgets.reserve({ demands: demandsOf(100_000), nanoCredits: 10 })).toMatchObject({
          spending: [{ heldNanoCredits: 10 * (call + 2) }, {}],
        })
      }
      expect(counted.holds).toBe(1)
    }))

  test('a busy budget is drawn ahead, in portions that grow: after the first no call waits', () =>
    withStore(async ({ process, store, clock }) => {
      const counted = counting(store)
      const one = process('one', counted)
      const demands = [{ ...key, maxNanoCredits: 10_000_000 }]
      await one.reserve({ demands, nanoCredits: 10 })
      one.settle({ accounts: demands, reservedNanoCredits: 10, nanoCredits: 0 })
      for (let round = 0; round < 100; round++) {
        await clock.advance(10)
        for (let call = 0; call < 8; call++) {
          expect(one.reserve({ demands, nanoCredits: 10 })).not.toBeInstanceOf(Promise)
          one.settle({ accounts: demands, reservedNanoCredits: 10, nanoCredits: 10 })
        }
        // One store operation at a time: what was begun behind the calls is done before this one.
        await one.spending([key])
      }
      expect(counted.holds).toBeLessThan(10)
      await one.close()
      expect(await store.spending([key])).toEqual([
        { ...key, spentNanoCredits: 8_000, heldNanoCredits: 0 },
      ])
    }))

  test('calls that cost nothing ask the store once a second, and wait for it only at first', () =>
    withStore(async ({ process, store, clock }) => {
      const counted = counting(store)
      const one = process('one', counted)
      const demands = [{ ...key, maxNanoCredits: 1_000 }]
      const free = { demands, nanoCredits: 0 }
      await one.reserve(free)
      for (let round = 0; round < 500; round++) {
        expect([one.reserve(free), one.reserve(free)]).toEqual([
          { spending: [{ ...key, spentNanoCredits: 0, heldNanoCredits: 0 }] },
          { spending: [{ ...key, spentNanoCredits: 0, heldNanoCredits: 0 }] },
        ])
        for (let call = 0; call < 2; call++) {
          one.settle({ accounts: demands, reservedNanoCredits: 0, nanoCredits: 0 })
          await clock.advance(5)
        }
        // One store operation at a time: what was begun behind the calls is done before this one.
        if (round % 10 === 0) await one.spending([key])
      }
      const asked = counted.holds + counted.posts
      expect(asked).toBeGreaterThan(2)
      expect(asked).toBeLessThan(8)

      const two = process('two')
      await two.reserve({ demands, nanoCredits: 900 })
      two.settle({ accounts: demands, reservedNanoCredits: 900, nanoCredits: 1_001 })
      await two.close()
      await expect
        .poll(async () => {
          await clock.advance(500)
          return (await one.reserve(free)).refusal?.spentNanoCredits
        })
        .toBe(1_001)
      await one.close()
    }))

  test('calls that cost nothing neither make draws larger nor keep the money of others', () =>
    withStore(async ({ process, store, clock }) => {
      const one = process('one')
      const demands = [{ ...key, maxNanoCredits: 1_000_000 }]
      const askForNothing = async (): Promise<void> => {
        await one.reserve({ demands, nanoCredits: 0 })
        one.settle({ accounts: demands, reservedNanoCredits: 0, nanoCredits: 0 })
        await clock.advance(550)
        await one.spending([key])
      }
      for (let call = 0; call < 30; call++) await askForNothing()
      await one.reserve({ demands, nanoCredits: 10 })
      expect((await store.spending([key]))[0]?.heldNanoCredits).toBe(330)
      one.settle({ accounts: demands, reservedNanoCredits: 10, nanoCredits: 10 })
      for (let call = 0; call < 5; call++) await askForNothing()
      expect(await store.spending([key])).toEqual([
        { ...key, spentNanoCredits: 10, heldNanoCredits: 0 },
      ])
      await one.close()
    }))

  test('a call that costs nothing does not make a budget tight that others draw from', () =>
    withStore(async ({ process, store, clock }) => {
      const one = process('one')
      const demands = [{ ...key, maxNanoCredits: 100_000 }]
      for (const nanoCredits of [...Array<number>(14).fill(11), 20]) {
        await one.reserve({ demands, nanoCredits: 10 })
        one.settle({ accounts: demands, reservedNanoCredits: 10, nanoCredits })
      }
      // Less than half is left of what was drawn: this call has more drawn, for those that cost something.
      await one.reserve({ demands, nanoCredits: 0 })
      one.settle({ accounts: demands, reservedNanoCredits: 0, nanoCredits: 0 })
      await one.spending([key])
      const [before] = await store.spending([key])
      expect(before?.heldNanoCredits).toBeGreaterThan(300)
      one.settle({ accounts: demands, reservedNanoCredits: 0, nanoCredits: 10 })
      await clock.advance(100)
      expect((await store.spending([key]))[0]).toEqual(before)
      await one.close()
    }))

  test('what nobody uses is given back within some seconds, what calls hold is kept', () =>
    withStore(async ({ process, store, clock }) => {
      const budgets = process('one')
      await reserve(budgets, 10, 100_000)
      expect((await store.spending([key]))[0]?.heldNanoCredits).toBe(330)
      await expect
        .poll(async () => {
          await clock.advance(1_000)
          return (await store.spending([key]))[0]?.heldNanoCredits
        })
        .toBe(10)
      settle(budgets, 10, 3)
      expect(await budgets.spending([key])).toEqual([
        { ...key, spentNanoCredits: 3, heldNanoCredits: 0 },
      ])
    }))

  test('looking at a budget twice gives back nothing of one that is in use', () =>
    withStore(async ({ process, store }) => {
      const budgets = process('one')
      await reserve(budgets, 10, 100_000)
      settle(budgets, 10, 10)
      await budgets.spending([key])
      await budgets.spending([key])
      expect((await store.spending([key]))[0]?.heldNanoCredits).toBe(320)
      await budgets.close()
    }))

  test('a budget that was forgotten is counted again when the same grant comes back', () =>
    withStore(async ({ process, store, clock }) => {
      const one = process('one')
      const demands = demandsOf(1_000_000)
      const spend = async () => {
        await one.reserve({ demands, nanoCredits: 10 })
        one.settle({ accounts: demands, reservedNanoCredits: 10, nanoCredits: 7 })
      }
      await spend()
      // Posted, then given back, then forgotten.
      for (let seconds = 0; seconds < 5; seconds++) {
        await clock.advance(1_000)
        await one.spending([key])
      }
      await spend()
      expect(await one.spending([key])).toMatchObject([{ spentNanoCredits: 14 }])
      await one.close()
      expect(await store.spending([key])).toEqual([
        { ...key, spentNanoCredits: 14, heldNanoCredits: 0 },
      ])
    }))

  test('a process that died has its holds counted; a living one renews them', () =>
    withStore(async ({ process, store, clock }) => {
      const dead = process('dead')
      const alive = process('alive')
      await reserve(dead, 20)
      await reserve(alive, 30)
      await dead.close()
      for (let minute = 0; minute < 6; minute++) {
        await clock.advance(60_000)
        await alive.spending([key])
      }
      expect(await store.expireHolds(clock.now())).toBe(2)
      expect(await store.spending([key])).toEqual([
        { ...key, spentNanoCredits: 20, heldNanoCredits: 30 },
      ])
    }))

  test('a posting that failed is tried again, and nothing is lost or counted twice', () =>
    withStore(async ({ process, store, clock }) => {
      let away = true
      let failures = 0
      const flaky: BudgetStore = {
        ...store,
        post: (posting) => {
          if (!away) return store.post(posting)
          failures += 1
          return Promise.reject(new Error('away'))
        },
      }
      const budgets = process('one', flaky)
      await reserve(budgets, 60)
      settle(budgets, 60, 11)
      await clock.advance(0)
      await expect.poll(() => failures).toBe(1)
      expect((await reserve(budgets, 89)).refusal).toBeUndefined()
      away = false
      settle(budgets, 89, 2)
      await budgets.close()
      expect(await store.spending([key])).toEqual([
        { ...key, spentNanoCredits: 13, heldNanoCredits: 0 },
      ])
    }))

  test('a budget made smaller counts at once, though money was drawn before', () =>
    withStore(async ({ process }) => {
      const budgets = process('one')
      await reserve(budgets, 10, 100_000)
      expect((await reserve(budgets, 10, 15)).refusal).toMatchObject({
        ...key,
        heldNanoCredits: 10,
      })
    }))

  test('a store that is away is an error, unless enough is held already', () =>
    withStore(async ({ process, store }) => {
      let away = false
      const budgets = process('one', {
        ...store,
        hold: (request) => (away ? Promise.reject(new Error('away')) : store.hold(request)),
      })
      await reserve(budgets, 10, 100_000)
      away = true
      expect((await reserve(budgets, 10, 100_000)).refusal).toBeUndefined()
      await expect(reserve(budgets, 5_000, 100_000)).rejects.toThrow('away')
    }))

  test('whatever processes do, a budget is never exceeded by estimates, and sums are exact', () =>
    withStore(async ({ store, process }) => {
      let round = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              who: fc.integer({ min: 0, max: 2 }),
              estimate: fc.integer({ min: 0, max: 40 }),
              share: fc.double({ min: 0, max: 1, noNaN: true }),
              ends: fc.boolean(),
            }),
            { maxLength: 40 },
          ),
          fc.integer({ min: 10, max: 2_000 }),
          async (calls, max) => {
            const account = { scope: `key:${round++}`, periodStartMs: 0 }
            const processes = [0, 1, 2].map((index) => process(`${index}@${account.scope}`))
            const demands = [{ ...account, maxNanoCredits: max }]
            let spent = 0
            const running: (() => void)[] = []
            await Promise.all(
              calls.map(async ({ who, estimate, share, ends }) => {
                const budgets = processes[who]
                if (budgets === undefined) return
                const verdict = await budgets.reserve({ demands, nanoCredits: estimate })
                if (verdict.refusal) return
                const cost = Math.round(estimate * share)
                const end = () => {
                  spent += cost
                  budgets.settle({
                    accounts: [account],
                    reservedNanoCredits: estimate,
                    nanoCredits: cost,
                  })
                }
                if (ends) end()
                else running.push(end)
                const [row] = await store.spending([account])
                expect(
                  (row?.spentNanoCredits ?? 0) + (row?.heldNanoCredits ?? 0),
                ).toBeLessThanOrEqual(max)
              }),
            )
            for (const end of running) end()
            for (const budgets of processes) await budgets.close()
            expect(await store.spending([account])).toEqual([
              { ...account, spentNanoCredits: spent, heldNanoCredits: 0 },
            ])
          },
        ),
        { numRuns: 25, seed: 2026 },
      )
    }))
})
