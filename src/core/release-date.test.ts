import { expect, test } from 'vitest'
import type { Model } from './model.ts'
import { releasedAt } from './release-date.ts'

test.each([
  ['gpt-4o', 'gpt-4o-2024-11-20', '2024-11-20'],
  ['claude-sonnet-4.5', 'claude-sonnet-4-5-20250929', '2025-09-29'],
  ['gpt-4o-2024-05-13', undefined, '2024-05-13'],
  ['gpt-4', 'gpt-4-0613', '1970-01-01'],
  ['claude-sonnet-4.5', 'claude-sonnet-4.5', '1970-01-01'],
])('%s of version %s: %s', (id, version, date) => {
  const raw = version === undefined ? {} : { version }
  const model = { id, raw } as Partial<Model> as Model
  expect(releasedAt({ model }) * 1000).toBe(Date.parse(date))
})

test('a model that is not known has none', () => {
  expect(releasedAt({})).toBe(0)
})
