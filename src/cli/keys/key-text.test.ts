import { expect, test } from 'vitest'
import { keysTable } from './key-text.ts'

test.each([
  ['good', { blocked: false, deleted_owner: null, expires: '2999-01-01T00:00:00.000Z' }],
  ['blocked', { blocked: true }],
  ['expired', { blocked: false, expires: '2026-01-01T00:00:00.000Z' }],
  ['team deleted', { blocked: true, deleted_owner: 'team', team_id: 'core' }],
  ['user deleted', { blocked: false, deleted_owner: 'user', user_id: 'ada' }],
])('the list says that a key is %s', (state, key) => {
  expect(keysTable([key])).toMatch(new RegExp(` {2}${state} {2}`))
})
