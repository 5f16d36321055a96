/** @import { Cell, Measurement } from '../types.ts' */

import { expect, test } from 'vitest'

import { summarise } from './summary.mjs'

/** @param {string} gateway @param {number} round @param {Cell} cell @returns {Measurement} */
function measured(gateway, round, cell) {
  return { row: 'whole', gateway, round, cell }
}

const summary = summarise([
  measured('nginx', 1, { figures: { cpuUs: 10 } }),
  measured('jetway', 1, { figures: { cpuUs: 50 } }),
  // A round in which the machine was slow for both.
  measured('nginx', 2, { figures: { cpuUs: 40 } }),
  measured('jetway', 2, { figures: { cpuUs: 160 } }),
  measured('nginx', 3, { figures: { cpuUs: 20 } }),
  measured('jetway', 3, { figures: { cpuUs: 120 } }),
  measured('portkey', 1, { figures: { cpuUs: 2000 } }),
  measured('portkey', 2, { failed: 'status 500' }),
  measured('litellm', 1, { absent: 'has no such call' }),
])

test('a value is the median over the rounds', () => {
  expect(summary.value('whole', 'jetway', 'cpuUs')).toBe(120)
  expect(summary.value('whole', 'jetway', 'p50')).toBeUndefined()
  expect(summary.value('large', 'jetway', 'cpuUs')).toBeUndefined()
})

test('a ratio is taken within each round first', () => {
  // 5, 4 and 6; the ratio of the medians would be 6.
  expect(summary.ratio('whole', 'jetway', 'cpuUs')).toBe(5)
})

test('a ratio needs both in the same round', () => {
  expect(summary.ratio('whole', 'portkey', 'cpuUs', 'jetway')).toBe(40)
  expect(summary.ratio('whole', 'litellm', 'cpuUs', 'jetway')).toBeUndefined()
})

test('a difference is taken within each round as well', () => {
  expect(summary.difference('whole', 'jetway', 'cpuUs', 'nginx')).toBe(100)
})

test('a failure is kept, also where another round went well', () => {
  expect(summary.failure('whole', 'portkey')).toBe('status 500')
  expect(summary.failure('whole', 'litellm')).toBeUndefined()
})
