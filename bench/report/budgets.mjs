/**
 * The ratchet: what a run must not exceed, by more than a margin for noise. Only ratios to nginx in
 * the same run and memory; never time, which belongs to the machine.
 *
 * @import { Summary } from './summary.mjs'
 */

/**
 * @typedef {object} Budgets
 * @property {number} margin a share; 0.25 lets a figure be a quarter above its budget
 * @property {Record<string, number>} budgets
 */

/** @typedef {{ name: string, budget: number, allowed: number, reached: number | undefined, isKept: boolean }} Finding */

const US = 'jetway'
const CPU_ROWS = [
  'whole',
  'whole-quirky',
  'large',
  'stream',
  'stream-quirky',
  'stream-messages',
  'translate-chat',
  'translate-responses',
]

/** What this run says about everything a budget can be about. @param {Summary} summary */
export function budgetFigures({ ratio, value }) {
  /** @type {Record<string, number | undefined>} */
  const figures = {}
  for (const row of CPU_ROWS) figures[`cpu/${row}`] = ratio(row, US, 'cpuUs')
  figures['memory/idle-mb'] = value('memory', US, 'idleMb')
  figures['memory/stream-kb'] = value('memory', US, 'streamKb')
  return figures
}

/**
 * A budget that was to be measured and was not counts as broken: a check that is left out by accident
 * must not pass.
 *
 * @param {Budgets} budgets
 * @param {Record<string, number | undefined>} figures
 * @param {readonly string[]} rows that were run
 * @returns {Finding[]}
 */
export function checkBudgets({ margin, budgets }, figures, rows) {
  return Object.entries(budgets)
    .filter(([name]) => rows.includes(rowOf(name)))
    .map(([name, budget]) => {
      const allowed = budget * (1 + margin)
      const reached = figures[name]
      return { name, budget, allowed, reached, isKept: reached !== undefined && reached <= allowed }
    })
}

/** @param {string} budget such as `cpu/whole` or `memory/idle-mb` */
function rowOf(budget) {
  const [kind = '', rest = ''] = budget.split('/')
  return kind === 'cpu' ? rest : kind
}

/**
 * Lowers each budget to what was reached and adds those that were missing; never raises one. To raise
 * one, a person edits the file and says why in the commit.
 *
 * @param {Budgets} old
 * @param {Record<string, number | undefined>} figures
 * @returns {Budgets}
 */
export function ratchet(old, figures) {
  const budgets = { ...old.budgets }
  for (const [name, reached] of Object.entries(figures)) {
    if (reached === undefined) continue
    const rounded = Math.ceil(reached * 100) / 100
    budgets[name] = Math.min(budgets[name] ?? Number.POSITIVE_INFINITY, rounded)
  }
  return { ...old, budgets }
}
