import { afterAll, describe, expect, test } from 'vitest'
import type { BudgetStore } from '../../policy/budgets/budget-store.ts'
import { migrate } from '../migrations/migrate.ts'
import { testDatabases } from '../testing/databases.ts'
import { createBudgets } from './budgets.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

const key = { scope: 'key:a', periodStartMs: 1000 }
const team = { scope: 'team:t', periodStartMs: 0 }

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
  const reserve = (
    budgets: BudgetStore,
    callId: string,
    nanoCredits: number,
    max = 100,
    teamMax = 1000,
  ) =>
    budgets.reserve({
      callId,
      demands: [
        { ...team, maxNanoCredits: teamMax },
        { ...key, maxNanoCredits: max },
      ],
      nanoCredits,
      expiresAtMs: 5000,
    })

  test('a hold counts until the true price takes its place', () =>
    withBudgets(async (budgets) => {
      expect((await reserve(budgets, 'one', 60)).refusal).toBeUndefined()
      expect((await reserve(budgets, 'two', 60)).refusal).toEqual({
        ...key,
        spentNanoCredits: 0,
        heldNanoCredits: 60,
        maxNanoCredits: 100,
      })
      await budgets.settle({ callId: 'one', accounts: [key, team], nanoCredits: 10 })
      expect((await reserve(budgets, 'two', 60)).spending).toEqual([
        { ...team, spentNanoCredits: 10, heldNanoCredits: 60 },
        { ...key, spentNanoCredits: 10, heldNanoCredits: 60 },
      ])
    }))

  test('a refusal leaves nothing behind, on none of the budgets', () =>
    withBudgets(async (budgets) => {
      await reserve(budgets, 'big', 101)
      expect(await budgets.spending([key, team])).toEqual([
        { ...key, spentNanoCredits: 0, heldNanoCredits: 0 },
        { ...team, spentNanoCredits: 0, heldNanoCredits: 0 },
      ])
      await budgets.settle({ callId: 'big', accounts: [key], nanoCredits: 0 })
      expect((await reserve(budgets, 'fits', 100)).refusal).toBeUndefined()
    }))

  test('calls that come at once never get more than there is', () =>
    withBudgets(async (budgets) => {
      const verdicts = await Promise.all(
        Array.from({ length: 50 }, (_, index) => reserve(budgets, `c${index}`, 10)),
      )
      expect(verdicts.filter((verdict) => !verdict.refusal)).toHaveLength(10)
      expect(await budgets.spending([key])).toEqual([
        { ...key, spentNanoCredits: 0, heldNanoCredits: 100 },
      ])
    }))

  test('a call that nobody ended is counted at its estimate', () =>
    withBudgets(async (budgets) => {
      await reserve(budgets, 'lost', 30)
      expect(await budgets.expireHolds(5000)).toBe(0)
      expect(await budgets.expireHolds(5001)).toBe(2)
      expect(await budgets.spending([key])).toEqual([
        { ...key, spentNanoCredits: 30, heldNanoCredits: 0 },
      ])
      expect(await budgets.expireHolds(9999)).toBe(0)
    }))

  test('what a call cost counts also when its hold has expired', () =>
    withBudgets(async (budgets) => {
      await budgets.settle({ callId: 'unknown', accounts: [key], nanoCredits: 7 })
      expect(await budgets.spending([key])).toEqual([
        { ...key, spentNanoCredits: 7, heldNanoCredits: 0 },
      ])
    }))

  test('another period is another budget', () =>
    withBudgets(async (budgets) => {
      await reserve(budgets, 'one', 100)
      const next = await budgets.reserve({
        callId: 'two',
        demands: [{ ...key, periodStartMs: 2000, maxNanoCredits: 100 }],
        nanoCredits: 100,
        expiresAtMs: 1,
      })
      expect(next.refusal).toBeUndefined()
    }))

  test('without budgets nothing is written', () =>
    withBudgets(async (budgets) => {
      expect(
        await budgets.reserve({ callId: 'x', demands: [], nanoCredits: 1, expiresAtMs: 1 }),
      ).toEqual({ spending: [] })
      await budgets.settle({ callId: 'x', accounts: [], nanoCredits: 1 })
    }))
})
