import { expect, test } from 'vitest'

import { figure, table } from './table.mjs'

test('columns are as wide as their widest cell, figures to the right', () => {
  expect(
    table(
      ['what', 'µs'],
      [
        ['a', '1'],
        ['longer', '1,234'],
      ],
    ),
  ).toBe(
    ['| what   |    µs |', '| ------ | ----: |', '| a      |     1 |', '| longer | 1,234 |'].join(
      '\n',
    ),
  )
})

test('a row that is too short gets empty cells', () => {
  expect(table(['a', 'b'], [['1']])).toContain('| 1   |     |')
})

test.each([
  [0, '0.00'],
  [0.456, '0.46'],
  [9.994, '9.99'],
  [-3.5, '-3.50'],
  [12.345, '12.3'],
  [123.6, '124'],
  [1234567, '1,234,567'],
])('%d is shown as %s', (value, expected) => {
  expect(figure(value)).toBe(expected)
})
