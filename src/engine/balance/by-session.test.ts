import { expect, test } from 'vitest'
import { deployment } from '../__fixtures__/test-house.ts'
import type { Target } from '../resolve/target.ts'
import { bySession } from './by-session.ts'

const target = (model: string, weight = 1): Target => ({
  provider: 'tiny',
  model,
  deployment: deployment({ modelName: 'group', model, weight }),
})
const weightOf = (one: Target): number => one.deployment?.weight ?? 1
const where = (targets: readonly Target[], key: string, last?: string) =>
  bySession(targets, { key, last }, weightOf)?.model

const sessions = Array.from({ length: 4000 }, (_, at) => `session ${at}`)

test('a new session goes to the same target wherever it is asked, in whichever order they stand', () => {
  const [a, b, c] = [target('a'), target('b'), target('c')]
  for (const key of sessions.slice(0, 100))
    expect(where([a, b, c], key)).toBe(where([c, a, b], key))
})

test('sessions spread by weight', () => {
  const counts = { a: 0, b: 0 }
  for (const key of sessions)
    counts[where([target('a', 3), target('b')], key) as keyof typeof counts]++
  expect(counts.a / counts.b).toBeGreaterThan(2.6)
  expect(counts.a / counts.b).toBeLessThan(3.4)
})

test('when a target goes only its own sessions move', () => {
  const [a, b, c] = [target('a'), target('b'), target('c')]
  for (const key of sessions.slice(0, 500)) {
    const before = where([a, b, c], key)
    if (before !== 'c') expect(where([a, b], key)).toBe(before)
  }
})

test('a session that was elsewhere stays there, as long as it may', () => {
  const [a, b] = [target('a'), target('b')]
  for (const key of sessions.slice(0, 20)) {
    expect(where([a, b], key, b.deployment?.id)).toBe('b')
    expect(where([a], key, b.deployment?.id)).toBe('a')
  }
})
