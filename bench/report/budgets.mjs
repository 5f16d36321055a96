/**
 * The ratchet: what a run must not exceed, by more than a margin for noise. Only ratios to nginx in
 * the same run and memory; never time, which belongs to the machine.
 *
 * A neighbour on the same silicon makes every program on Node dearer and nginx hardly: it has the smaller
 * working set. In one such hour our own call was 8 to 10 times nginx's instead of 6, with the same build,
 * and the bare Node relay 2.8 times instead of 2.2. So the relay is measured beside, and by what it costs more
 * than on a quiet machine, more is allowed. A Node or an undici that is dearer for everybody is allowed for as well: that is seen
 * in the table, and `floor` is for a person to set.
 *
 * @import { Summary } from './summary.mjs'
 */

/**
 * @typedef {object} Budgets
 * @property {number} margin a share; 0.25 lets a figure be a quarter above its budget
 * @property {Record<string, number>} floor what the bare Node relay costs on a quiet machine, in nginx's
 * @property {Record<string, number>} budgets
 */

/** @typedef {{ name: string, budget: number, toll: number, allowed: number, reached: number | undefined, isKept: boolean }} Finding */

const US = 'jetway'
const FLOOR = 'bare'
/** A machine that makes Node dearer than this is none to measure on. */
const HIGHEST_TOLL = 1.5
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

/** @param {Summary} summary @param {string} gateway */
function cpuFigures({ ratio }, gateway) {
  /** @type {Record<string, number | undefined>} */
  const figures = {}
  for (const row of CPU_ROWS) figures[`cpu/${row}`] = ratio(row, gateway, 'cpuUs')
  return figures
}

/** What the bare Node relay cost in this run, in nginx's; nothing is known of rows without it. @param {Summary} summary */
export function floorFigures(summary) {
  return cpuFigures(summary, FLOOR)
}

/** What this run says about everything a budget can be about. @param {Summary} summary */
export function budgetFigures(summary) {
  const figures = cpuFigures(summary, US)
  figures['memory/idle-mb'] = summary.value('memory', US, 'idleMb')
  figures['memory/stream-kb'] = summary.value('memory', US, 'streamKb')
  return figures
}

/**
 * A budget that was to be measured and was not counts as broken: a check that is left out by accident
 * must not pass.
 *
 * @param {Budgets} budgets
 * @param {{ figures: Record<string, number | undefined>, floors: Record<string, number | undefined> }} reached
 * @param {readonly string[]} rows that were run
 * @returns {Finding[]}
 */
export function checkBudgets({ margin, floor, budgets }, { figures, floors }, rows) {
  return Object.entries(budgets)
    .filter(([name]) => rows.includes(rowOf(name)))
    .map(([name, budget]) => {
      const toll = tollOf(floors[name], floor[name])
      const allowed = budget * (1 + margin) * toll
      const reached = figures[name]
      const isKept = reached !== undefined && reached <= allowed
      return { name, budget, toll, allowed, reached, isKept }
    })
}

/**
 * How many times dearer this hour is for whatever runs on Node. Never below 1: a quiet machine is no reason to be
 * stricter than the budget. Nor too high: then the run says nothing, and fails.
 *
 * @param {number | undefined} measured
 * @param {number | undefined} quiet
 */
function tollOf(measured, quiet) {
  if (measured === undefined || quiet === undefined) return 1
  return Math.min(Math.max(1, measured / quiet), HIGHEST_TOLL)
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
