import { expect, test } from 'vitest'

import { parseCpuList, pinned, shareCores } from './cores.mjs'

test.each([
  ['0-1\n', [0, 1]],
  ['0', [0]],
  ['0-2,5,8-9', [0, 1, 2, 5, 8, 9]],
  ['', []],
])('the cores in %j', (list, expected) => {
  expect(parseCpuList(list)).toEqual(expected)
})

test.each([
  [[0, 1], { gateway: '1', rest: '0' }],
  [[2, 4, 5, 7], { gateway: '7', rest: '2,4,5' }],
  [[0], undefined],
  [[], undefined],
])('of %j the gateway gets one alone', (allowed, expected) => {
  expect(shareCores(allowed)).toEqual(expected)
})

test('a program is pinned only where there are cores to choose from', () => {
  expect(pinned('1', 'node', ['a'])).toEqual(['taskset', ['-c', '1', 'node', 'a']])
  expect(pinned(undefined, 'node', ['a'])).toEqual(['node', ['a']])
})
