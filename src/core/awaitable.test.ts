import { describe, expect, test } from 'vitest'
import { undoOnError, whenKnown, type Awaitable } from './awaitable.ts'

test('what is known is not waited for', () => {
  expect(whenKnown(1, (value) => value + 1)).toBe(2)
})

test('what is not is', async () => {
  const later: Awaitable<number> = Promise.resolve(1)
  const result = whenKnown(later, (value) => value + 1)
  expect(result).toBeInstanceOf(Promise)
  expect(await result).toBe(2)
})

describe('what went wrong is undone, once', () => {
  const failures: readonly (readonly [string, () => Awaitable<never>])[] = [
    [
      'thrown',
      () => {
        throw new Error('no')
      },
    ],
    ['rejected', () => Promise.reject(new Error('no'))],
  ]
  test.each(failures)('%s', async (_name, work) => {
    let undone = 0
    const run = async () => undoOnError(work, () => (undone += 1))
    await expect(run()).rejects.toThrow('no')
    expect(undone).toBe(1)
  })

  test('and what went well is left alone', async () => {
    let undone = 0
    expect(
      undoOnError(
        () => 1,
        () => (undone += 1),
      ),
    ).toBe(1)
    expect(
      await undoOnError(
        () => Promise.resolve(2),
        () => (undone += 1),
      ),
    ).toBe(2)
    expect(undone).toBe(0)
  })
})
