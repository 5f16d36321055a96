import { expect, test } from 'vitest'
import { nearestName } from './nearest.ts'

const KNOWN = ['model_list', 'router_settings', 'litellm_settings', 'rpm', 'tpm']

test.each([
  ['modle_list', 'model_list'],
  ['Model_List', 'model_list'],
  ['router_setings', 'router_settings'],
  ['litellm_setting', 'litellm_settings'],
  ['rmp', 'rpm'],
  ['something_else', undefined],
  ['x', undefined],
])('%s → %s', (word, expected) => {
  expect(nearestName(word, KNOWN)).toBe(expected)
})
