import { afterAll, describe, expect, test } from 'vitest'
import type { BudgetStore } from '../../policy/budgets/budget-store.ts'
import { migrate } from '../migrations/migrate.ts'
import { testDatabases } from '../testing/databases.ts'
import { createBudgets } from './budgets.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

const key = { scope: 'key:a', periodStartMs: 1000 }
const team = { scope: 'team:t', periodStartMs: 0 }
const none = () => 0

describe.each(databases)('budgets on $name', (testDatabase) => {
  async function withBudgets(use: (budgets: BudgetStore) => Promise<void>): Promise<void> {
    const database = await testDatabase.open()
    await migrate(database)
    try {
      await use(createBudgets(database))
    } finally {
      await database.close()
    }
  }
  const hold = (budgets: BudgetStore, holder: string, nanoCredits: number, headroom = none) =>
    budgets.hold({
      holder,
      demands: [
        { ...team, maxNanoCredits: 1000, nanoCredits, headroom },
        { ...key, maxNanoCredits: 100, nanoCredits, headroom },
      ],
      expiresAtMs: 5000,
    })
  const post = (budgets: BudgetStore, holder: string, spent: number, held: number) =>
    budgets.post({
      holder,
      entries: [key, team].map(({ scope, periodStartMs }) => ({
        scope,
        periodStartMs,
        spentNanoCredits: spent,
        holdNanoCredits: held,
      })),
      expiresAtMs: 5000,
    })

  test('a hold counts until the true price takes its place', () =>
    withBudgets(async (budgets) => {
      expect((await hold(budgets, 'one', 60)).refusal).toBeUndefined()
      expect((await hold(budgets, 'two', 60)).refusal).toEqual({
        ...key,
        spentNanoCredits: 0,
        heldNanoCredits: 60,
        maxNanoCredits: 100,
      })
      expect(await post(budgets, 'one', 10, 0)).toEqual([
        { ...key, spentNanoCredits: 10, heldNanoCredits: 0 },
        { ...team, spentNanoCredits: 10, heldNanoCredits: 0 },
      ])
      expect((await hold(budgets, 'two', 60)).granted).toEqual([
        { ...team, spentNanoCredits: 10, heldNanoCredits: 60, grantedNanoCredits: 60 },
        { ...key, spentNanoCredits: 10, heldNanoCredits: 60, grantedNanoCredits: 60 },
      ])
    }))

  test('what is welcome is given from what is left, budget by budget', () =>
    withBudgets(async (budgets) => {
      const { granted } = await budgets.hold({
        holder: 'one',
        demands: [
          { ...team, maxNanoCredits: 1000, nanoCredits: 60, headroom: (left) => left / 4 },
          { ...key, maxNanoCredits: 100, nanoCredits: 60, headroom: (left) => left / 4 },
        ],
        expiresAtMs: 5000,
      })
      expect(granted).toEqual([
        { ...team, spentNanoCredits: 0, heldNanoCredits: 295, grantedNanoCredits: 295 },
        { ...key, spentNanoCredits: 0, heldNanoCredits: 70, grantedNanoCredits: 70 },
      ])
      await post(budgets, 'one', 5, 65)
      expect(await budgets.spending([key, team])).toEqual([
        { ...key, spentNanoCredits: 5, heldNanoCredits: 65 },
        { ...team, spentNanoCredits: 5, heldNanoCredits: 65 },
      ])
    }))

  test('a refusal leaves nothing behind, on none of the budgets', () =>
    withBudgets(async (budgets) => {
      await hold(budgets, 'big', 101)
      expect(await budgets.spending([key, team])).toEqual([
        { ...key, spentNanoCredits: 0, heldNanoCredits: 0 },
        { ...team, spentNanoCredits: 0, heldNanoCredits: 0 },
      ])
      expect(await budgets.expireHolds(9999)).toBe(0)
      expect((await hold(budgets, 'fits', 100)).refusal).toBeUndefined()
    }))

  test('processes that come at once never get more than there is', () =>
    withBudgets(async (budgets) => {
      const verdicts = await Promise.all(
        Array.from({ length: 50 }, (_, index) => hold(budgets, `p${index}`, 10)),
      )
      expect(verdicts.filter((verdict) => !verdict.refusal)).toHaveLength(10)
      expect(await budgets.spending([key])).toEqual([
        { ...key, spentNanoCredits: 0, heldNanoCredits: 100 },
      ])
    }))

  test('what a process that died held is counted as spent, once', () =>
    withBudgets(async (budgets) => {
      await hold(budgets, 'lost', 30)
      expect(await budgets.expireHolds(5000)).toBe(0)
      expect(await budgets.expireHolds(5001)).toBe(2)
      expect(await budgets.spending([key])).toEqual([
        { ...key, spentNanoCredits: 30, heldNanoCredits: 0 },
      ])
      expect(await budgets.expireHolds(9999)).toBe(0)
    }))

  test('what was spent counts also when the hold has expired', () =>
    withBudgets(async (budgets) => {
      await post(budgets, 'unknown', 7, 3)
      expect(await budgets.spending([key])).toEqual([
        { ...key, spentNanoCredits: 7, heldNanoCredits: 3 },
      ])
    }))

  test('another period is another budget, and its hold stays', () =>
    withBudgets(async (budgets) => {
      const next = { ...key, periodStartMs: 2000 }
      await hold(budgets, 'one', 100)
      const verdict = await budgets.hold({
        holder: 'one',
        demands: [{ ...next, maxNanoCredits: 100, nanoCredits: 100, headroom: none }],
        expiresAtMs: 5000,
      })
      expect(verdict.refusal).toBeUndefined()
      await post(budgets, 'one', 1, 0)
      expect(await budgets.spending([key, next])).toEqual([
        { ...key, spentNanoCredits: 1, heldNanoCredits: 0 },
        { ...next, spentNanoCredits: 0, heldNanoCredits: 100 },
      ])
      expect(await budgets.expireHolds(9999)).toBe(1)
    }))

  test('sums stay exact above 2^53', () =>
    withBudgets(async (budgets) => {
      const large = 2 ** 53
      await post(budgets, 'one', large, 0)
      await post(budgets, 'one', large, 0)
      const [row] = await budgets.spending([key])
      expect(row?.spentNanoCredits).toBe(large * 2)
    }))

  test('without entries nothing is written', () =>
    withBudgets(async (budgets) => {
      expect(await budgets.post({ holder: 'x', entries: [], expiresAtMs: 1 })).toEqual([])
      expect(await budgets.spending([])).toEqual([])
    }))
})
