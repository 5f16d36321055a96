/** @import { Measurement } from '../types.ts' */

import { expect, test } from 'vitest'

import { ROWS } from '../rows/index.mjs'
import { renderReport } from './render.mjs'
import { summarise } from './summary.mjs'

/** @type {Measurement[]} */
const measurements = [
  { row: 'whole', gateway: 'nginx', round: 1, cell: { figures: { cpuUs: 20, perSecond: 40_000 } } },
  { row: 'whole', gateway: 'jetway', round: 1, cell: { figures: { cpuUs: 110, perSecond: 9000 } } },
  { row: 'whole', gateway: 'litellm', round: 1, cell: { failed: 'status 500:\n a | b' } },
  { row: 'stream', gateway: 'jetway', round: 1, cell: { absent: 'has no such call' } },
  { row: 'latency', gateway: 'direct', round: 1, cell: { figures: { p50: 0.1, p99: 1 } } },
  { row: 'latency', gateway: 'jetway', round: 1, cell: { figures: { p50: 0.4, p99: 5 } } },
]

const report = renderReport({
  summary: summarise(measurements),
  rows: ROWS,
  columns: [
    { name: 'nginx', title: 'nginx' },
    { name: 'jetway', title: 'Jetway' },
    { name: 'litellm', title: 'LiteLLM' },
  ],
  circumstances: ['Noon'],
  notes: ['Bifrost was not measured: no network'],
})

/** @param {string} start */
function lineOf(start) {
  const line = report.split('\n').find((each) => each.startsWith(`| ${start}`)) ?? ''
  return line.split('|').map((cell) => cell.trim())
}

test('the CPU table shows figures, how many times nginx they are, and what failed', () => {
  expect(lineOf('whole call: 600-byte').slice(2, -1)).toEqual(['20.0', '110 (5.50×)', 'failed'])
})

test('targets show what was reached and whether that is enough', () => {
  expect(lineOf('CPU per whole call, against nginx').slice(2, -1)).toEqual([
    'at most',
    '6.00 ×',
    '5.00 ×',
    '5.50 ×',
    'limit only',
  ])
  expect(lineOf('latency added at 1,000 calls/s, median').slice(-3, -1)).toEqual(['0.30 ms', 'yes'])
  expect(lineOf('latency added at 1,000 calls/s, 99th').slice(-3, -1)).toEqual(['4.00 ms', 'no'])
  expect(lineOf('idle memory').at(-2)).toBe('not measured')
})

test('nothing that failed or could not be measured is left out', () => {
  expect(report).toContain('- Bifrost was not measured: no network')
  expect(report).toContain('- LiteLLM failed in `whole`: status 500: a \\| b')
})

test('tables without any figure are left out', () => {
  expect(report).not.toContain('### Memory')
  expect(report).not.toContain('chunk of a relayed chat stream')
})
