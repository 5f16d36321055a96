/**
 * One set: warm up, every fault, calm down; then the books and the counts.
 *
 * @import { House } from './house.mjs'
 * @import { Phase } from './faults/phase.mjs'
 * @import { CallResult } from './types.mjs'
 */
import { setTimeout as pause } from 'node:timers/promises'
import { NOTHING } from './faults/allowed.mjs'
import { createCallers } from './make-call.mjs'
import { checkBook, readLedger, readLog } from './oracles/ledger.mjs'
import { describeHoldings, readHoldings, settle } from './oracles/leaks.mjs'
import { runPhase } from './run-phase.mjs'

/**
 * @typedef {object} SetReport
 * @property {string} name
 * @property {string} [notRun] why
 * @property {readonly import('./run-phase.mjs').PhaseReport[]} phases
 * @property {readonly string[]} violations
 * @property {readonly string[]} notes
 * @property {number} calls
 * @property {number} seconds
 */

/**
 * @param {object} input
 * @param {string} input.name
 * @param {House} input.house
 * @param {readonly Phase[]} input.phases
 * @param {number} input.seed
 * @param {number} input.calls
 * @param {number} input.maxMs
 * @param {number} input.concurrency
 * @param {(line: string) => void} input.say
 * @returns {Promise<SetReport>}
 */
export async function runSet({ name, house, phases, seed, calls, maxMs, concurrency, say }) {
  const startedAt = performance.now()
  const callers = createCallers()
  /** @type {Map<string, CallResult>} */
  const results = new Map()
  const onResult = (/** @type {CallResult} */ result) => {
    const { plan, outcome } = result
    // What the books are compared with; the texts would fill the memory.
    results.set(plan.id, {
      ...result,
      outcome: { kind: outcome.kind, status: outcome.status ?? 0, requestId: outcome.requestId },
    })
  }
  const common = { house, callers, seed, concurrency, onResult }
  const violations = []
  const notes = []
  const reports = []

  const warm = {
    ...common,
    phase: CALM,
    run: `${name[0]}w`,
    calls: Math.max(400, calls / 50),
    maxMs: 30_000,
  }
  const warmed = await runPhase(warm)
  reports.push(warmed)
  dropIdle(house)
  await pause(IDLE_MS)
  const before = await readHoldings(house)
  say(`${name}: warm; ${describeHoldings(before)}`)

  // Each takes its share of what is left: what a fault that only waits does not use, the others have.
  let weights = phases.reduce((sum, { weight = 1 }) => sum + weight, 0)
  for (const [at, phase] of phases.entries()) {
    const { weight = 1 } = phase
    const share = weight / weights
    weights -= weight
    const leftMs = maxMs - (performance.now() - startedAt) - SETTLE_MS
    const report = await runPhase({
      ...common,
      phase,
      run: `${name[0]}${at.toString(36)}p`,
      calls: Math.max(1, Math.ceil((calls - results.size) * share)),
      maxMs: Math.max(1_000, leftMs * share - ASIDE_MS),
    })
    reports.push(report)
    say(line(report))
    for (const wrong of report.wrongs) say(`    ${wrong}`)
  }
  for (const { phase, problem, verdicts } of reports) {
    const title = `${phase.hop}: ${phase.name}`
    if (problem !== undefined) violations.push(`${title}: ${problem}`)
    if (verdicts.wrong > 0) violations.push(`${title}: ${verdicts.wrong} wrong ends`)
    if (verdicts.late > 0) violations.push(`${title}: ${verdicts.late} late`)
  }

  await callers.close()
  dropIdle(house)
  const { after, grown } = await settle(house, before, SETTLE_MS)
  notes.push(`held before: ${describeHoldings(before)}`, `held after: ${describeHoldings(after)}`)
  violations.push(...grown.map((text) => `leak: ${text}`))
  const ledger = await readLedger(house)
  if (ledger === undefined)
    notes.push('this build serves no /spend/logs: the log stands in for the ledger')
  for (const book of ledger ? [ledger] : [await flushedLog(house)]) {
    const { source, rows, unwritten, findings } = checkBook({ house, book, results })
    notes.push(
      `${source}: ${rows} calls written, ${results.size} made; ${unwritten} answered in a killed process’s last moments are missing`,
    )
    violations.push(...findings.map((text) => `${source}: ${text}`))
  }
  return {
    name,
    phases: reports,
    violations,
    notes,
    calls: results.size,
    seconds: (performance.now() - startedAt) / 1000,
  }
}

const IDLE_MS = 2_000
const SETTLE_MS = 40_000
/** What each phase needs beside its calls: the fault set and taken back, the recovery. */
const ASIDE_MS = 400

/** @type {Phase} */
const CALM = {
  name: 'no fault',
  hop: '–',
  allowed: NOTHING,
  begin: async () => {},
  end: async () => {},
}

/** Idle connections are no leak, and how many there are is chance. @param {House} house */
function dropIdle({ fronts, upstreamProxy, proxies }) {
  for (const proxy of [...fronts, upstreamProxy, ...Object.values(proxies)]) proxy.dropAll()
}

/** Lines are written at least once a second. @param {House} house */
async function flushedLog(house) {
  await pause(1_500)
  return readLog(house)
}

/** @param {import('./run-phase.mjs').PhaseReport} report */
function line({ phase, calls, verdicts, slowestMs, met, recoveryMs, problem }) {
  const { ok, error, wrong, late, aborted } = verdicts
  const counts = `${calls} calls, ${ok} ok, ${error} errors, ${aborted} aborted, ${wrong} WRONG, ${late} LATE${met === undefined ? '' : `, ${met} exchanges broken`}`
  return `${phase.hop}: ${phase.name}: ${counts}, slowest ${Math.round(slowestMs)} ms, well after ${Math.round(recoveryMs)} ms${problem === undefined ? '' : ` – ${problem}`}`
}
