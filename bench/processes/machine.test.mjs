import { expect, test } from 'vitest'

import { parseMachineTicks } from './machine.mjs'

test('guest time is in user time already and is not counted twice', () => {
  const text = 'cpu  100 10 50 1000 20 5 3 7 90 9\ncpu0 1 1 1 1 1 1 1 1 1 1\n'
  expect(parseMachineTicks(text)).toEqual({ busy: 168, steal: 7, total: 1195 })
})

test('a kernel that says less is read as far as it says', () => {
  expect(parseMachineTicks('cpu 1 2 3 4\n')).toEqual({ busy: 6, steal: 0, total: 10 })
})
