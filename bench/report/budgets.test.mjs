import { readFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import { ROWS } from '../rows/index.mjs'
import { budgetFigures, checkBudgets, floorFigures, ratchet } from './budgets.mjs'
import { summarise } from './summary.mjs'

const budgets = {
  margin: 0.25,
  floor: { 'cpu/whole': 2 },
  budgets: { 'cpu/whole': 4, 'memory/idle-mb': 80 },
}
const rows = ['whole', 'stream', 'memory']
const NOTHING = { figures: {}, floors: {} }

describe('the check', () => {
  test('a figure within the margin is kept, one beyond it is not', () => {
    const figures = { 'cpu/whole': 5, 'memory/idle-mb': 100.1 }
    expect(checkBudgets(budgets, { figures, floors: {} }, rows)).toEqual([
      { name: 'cpu/whole', budget: 4, toll: 1, allowed: 5, reached: 5, isKept: true },
      { name: 'memory/idle-mb', budget: 80, toll: 1, allowed: 100, reached: 100.1, isKept: false },
    ])
  })

  test.each([
    ['an hour in which all of Node is dearer', 2.8, 7],
    ['one in which nothing can be measured', 9, 7.5],
    ['a quieter one than the quiet hour', 1.5, 5],
    ['without the bare relay', undefined, 5],
  ])('what is allowed in %s', (_, floor, allowed) => {
    const reached = { figures: { 'cpu/whole': 6 }, floors: { 'cpu/whole': floor } }
    const [finding] = checkBudgets(budgets, reached, ['whole'])
    expect(finding).toMatchObject({ allowed, isKept: allowed > 6 })
  })

  test('what was to be measured and was not is broken', () => {
    const [finding] = checkBudgets(budgets, NOTHING, ['whole'])
    expect(finding).toMatchObject({ name: 'cpu/whole', isKept: false })
  })

  test('budgets of rows that were not asked for are left alone', () => {
    expect(checkBudgets(budgets, NOTHING, ['stream'])).toEqual([])
  })
})

describe('the ratchet', () => {
  test('lowers, adds, and never raises', () => {
    const figures = { 'cpu/whole': 3.214, 'memory/idle-mb': 95, 'cpu/stream': 2.1 }
    expect(ratchet(budgets, figures)).toEqual({
      ...budgets,
      budgets: { 'cpu/whole': 3.22, 'memory/idle-mb': 80, 'cpu/stream': 2.1 },
    })
  })

  test('what was not measured stays', () => {
    expect(ratchet(budgets, { 'cpu/whole': undefined })).toEqual(budgets)
  })
})

test('figures are ratios to nginx in the same run, and memory', () => {
  const summary = summarise([
    { row: 'whole', gateway: 'nginx', round: 1, cell: { figures: { cpuUs: 20 } } },
    { row: 'whole', gateway: 'bare', round: 1, cell: { figures: { cpuUs: 44 } } },
    { row: 'whole', gateway: 'jetway', round: 1, cell: { figures: { cpuUs: 90 } } },
    { row: 'memory', gateway: 'jetway', round: 1, cell: { figures: { idleMb: 70, streamKb: 30 } } },
  ])
  expect(budgetFigures(summary)).toMatchObject({
    'cpu/whole': 4.5,
    'cpu/stream': undefined,
    'memory/idle-mb': 70,
    'memory/stream-kb': 30,
  })
  expect(floorFigures(summary)).toMatchObject({ 'cpu/whole': 2.2, 'cpu/stream': undefined })
})

test('every budget in the file is about something that is measured', () => {
  const file = JSON.parse(readFileSync(new URL('../budgets.json', import.meta.url), 'utf8'))
  const names = Object.keys(budgetFigures(summarise([])))
  const all = Object.keys(file.budgets)
  const ofCalls = all.filter((name) => !name.startsWith('package/'))
  expect(names).toEqual(expect.arrayContaining(ofCalls))
  const known = ROWS.map(({ name }) => name)
  expect(checkBudgets(file, NOTHING, known)).toHaveLength(ofCalls.length)
  const program = readFileSync(new URL('../package.mjs', import.meta.url), 'utf8')
  for (const name of all.slice(ofCalls.length)) expect(program).toContain(`'${name}'`)
})
