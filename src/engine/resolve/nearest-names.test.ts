import { describe, expect, test } from 'vitest'
import { nearestNames } from './nearest-names.ts'

const known = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'claude-sonnet-4.5', 'o3', 'gemini-2.5-pro']

describe('names that may have been meant', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['gpt4o', ['gpt-4o']],
    ['github_copilot/gpt-4oo', ['gpt-4o', 'gpt-4.1']],
    ['GPT-4O-MINI', ['gpt-4o-mini', 'gpt-4o']],
    ['claude-sonet-4.5', ['claude-sonnet-4.5']],
    ['sonnet', ['claude-sonnet-4.5']],
    ['something-else-entirely', []],
  ]
  for (const [name, expected] of cases) {
    test(name, () => {
      expect(nearestNames(name, known)).toEqual(expected)
    })
  }
})

test('a very long name is no burden', () => {
  expect(nearestNames('x'.repeat(1_000_000), known)).toEqual([])
})
