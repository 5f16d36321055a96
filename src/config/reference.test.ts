import { expect, test } from 'vitest'
import { configReference } from './reference.ts'

test('every setting is listed once and says what it does', () => {
  const entries = configReference()
  const paths = entries.map(({ path }) => path)
  expect(paths).toEqual(
    expect.arrayContaining([
      'model_list[].litellm_params.model',
      'router_settings.fallbacks',
      'general_settings.master_key',
      'jetway.limits.max_parallel_per_seat',
      'jetway.accept_policies',
    ]),
  )
  expect(new Set(paths).size).toBe(paths.length)
  expect(entries.filter(({ description }) => description === '')).toEqual([])
})
