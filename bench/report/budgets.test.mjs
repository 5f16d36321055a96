import { readFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import { ROWS } from '../rows/index.mjs'
import { budgetFigures, checkBudgets, ratchet } from './budgets.mjs'
import { summarise } from './summary.mjs'

const budgets = { margin: 0.25, budgets: { 'cpu/whole': 4, 'memory/idle-mb': 80 } }
const rows = ['whole', 'stream', 'memory']

describe('the check', () => {
  test('a figure within the margin is kept, one beyond it is not', () => {
    const figures = { 'cpu/whole': 5, 'memory/idle-mb': 100.1 }
    expect(checkBudgets(budgets, figures, rows)).toEqual([
      { name: 'cpu/whole', budget: 4, allowed: 5, reached: 5, isKept: true },
      { name: 'memory/idle-mb', budget: 80, allowed: 100, reached: 100.1, isKept: false },
    ])
  })

  test('what was to be measured and was not is broken', () => {
    const [finding] = checkBudgets(budgets, {}, ['whole'])
    expect(finding).toMatchObject({ name: 'cpu/whole', isKept: false })
  })

  test('budgets of rows that were not asked for are left alone', () => {
    expect(checkBudgets(budgets, {}, ['stream'])).toEqual([])
  })
})

describe('the ratchet', () => {
  test('lowers, adds, and never raises', () => {
    const figures = { 'cpu/whole': 3.214, 'memory/idle-mb': 95, 'cpu/stream': 2.1 }
    expect(ratchet(budgets, figures)).toEqual({
      margin: 0.25,
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
    { row: 'whole', gateway: 'jetway', round: 1, cell: { figures: { cpuUs: 90 } } },
    { row: 'memory', gateway: 'jetway', round: 1, cell: { figures: { idleMb: 70, streamKb: 30 } } },
  ])
  expect(budgetFigures(summary)).toMatchObject({
    'cpu/whole': 4.5,
    'cpu/stream': undefined,
    'memory/idle-mb': 70,
    'memory/stream-kb': 30,
  })
})

test('every budget in the file is about something that is measured', () => {
  const file = JSON.parse(readFileSync(new URL('../budgets.json', import.meta.url), 'utf8'))
  const names = Object.keys(budgetFigures(summarise([])))
  const all = Object.keys(file.budgets)
  const ofCalls = all.filter((name) => !name.startsWith('package/'))
  expect(names).toEqual(expect.arrayContaining(ofCalls))
  const known = ROWS.map(({ name }) => name)
  expect(checkBudgets(file, {}, known)).toHaveLength(ofCalls.length)
  const program = readFileSync(new URL('../package.mjs', import.meta.url), 'utf8')
  for (const name of all.slice(ofCalls.length)) expect(program).toContain(`'${name}'`)
})
