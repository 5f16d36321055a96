import { expect, test } from 'vitest'

import { createSeries, median, percentile, spreadOf } from './spread.mjs'

test.each([
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 50, 5],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90, 9],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 99, 10],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 100, 10],
  [[7], 1, 7],
  [[], 50, 0],
])('of %j, percentile %d is %d', (values, percent, expected) => {
  expect(percentile(Float64Array.from(values), percent)).toBe(expected)
})

test('a spread sorts by number and leaves the figures as they were', () => {
  const values = [100, 9, 20]
  expect(spreadOf(values)).toEqual({ count: 3, p50: 20, p90: 100, p99: 100, max: 100 })
  expect(values).toEqual([100, 9, 20])
})

test('a series grows beyond its start and forgets when it is cleared', () => {
  const series = createSeries(2)
  for (let value = 1; value <= 9; value += 1) series.add(value)
  expect(series.spread()).toMatchObject({ count: 9, p50: 5, max: 9 })
  series.clear()
  series.add(3)
  expect(series.spread()).toMatchObject({ count: 1, p50: 3, max: 3 })
})

test.each([
  [[3, 1, 2], 2],
  [[10, 9, 1, 2], 5.5],
  [[5], 5],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected)
})

test('there is no median of nothing', () => {
  expect(median([])).toBeNaN()
})
