/**
 * Measures Jetway beside nginx and its peers, on the same upstream and under the same load.
 *
 *   npm run bench -- --help
 *
 * @import { Gateway, Measurement, Row } from './types.ts'
 * @import { Contender } from './measure.mjs'
 * @import { Options } from './options.mjs'
 * @import { Summary } from './report/summary.mjs'
 */

import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { GATEWAYS } from './gateways/index.mjs'
import { measureAll } from './measure.mjs'
import { USAGE, readOptions } from './options.mjs'
import { keepCoresAwake } from './processes/awake.mjs'
import { findCores, pinSelf } from './processes/cores.mjs'
import { describeCommit, describeMachine, watchMachine } from './processes/machine.mjs'
import { memoryLatency } from './processes/memory-latency.mjs'
import { budgetFigures, checkBudgets, floorFigures, ratchet } from './report/budgets.mjs'
import { withResults } from './report/document.mjs'
import { renderReport } from './report/render.mjs'
import { summarise } from './report/summary.mjs'
import { figure } from './report/table.mjs'
import { ROWS } from './rows/index.mjs'
import { openSession } from './session.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const CACHE = path.join(HERE, '.cache')
const BUDGETS = path.join(HERE, 'budgets.json')
const DOCUMENT = path.join(HERE, '..', 'docs', 'performance.md')
const USAGE_ERROR = 2

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`)
}

/**
 * @param {readonly Gateway[]} gateways
 * @param {Awaited<ReturnType<typeof openSession>>} session
 * @param {boolean} install
 */
async function startAll(gateways, session, install) {
  /** @type {Contender[]} */
  const contenders = []
  const columns = []
  const notes = []
  for (const gateway of gateways) {
    try {
      say(`starting ${gateway.name}`)
      const prepared = await gateway.prepare({ cacheFolder: CACHE, install, say })
      const { running, group, notes: own } = await session.add(gateway, prepared)
      contenders.push({ running, pause: group.pause, resume: group.resume })
      columns.push({ name: gateway.name, title: gateway.title, version: prepared.version })
      notes.push(...own.map((note) => `${gateway.title}: ${note}`))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      say(`  not measured: ${reason}`)
      notes.push(`${gateway.title} was not measured: ${reason.replaceAll(/\s+/g, ' ')}`)
    }
  }
  return { contenders, columns, notes }
}

/** @param {Measurement} measurement */
function sayMeasurement({ row, gateway, round, cell }) {
  const text =
    'figures' in cell
      ? Object.entries(cell.figures)
          .map(([name, value]) => `${name} ${figure(value)}`)
          .join(', ')
      : 'failed' in cell
        ? `FAILED: ${cell.failed}`
        : cell.absent
  say(`[${round}] ${row} ${gateway}: ${text}`)
}

/** @param {Options} options @param {readonly Row[]} rows */
async function measure(options, rows) {
  const cores = findCores()
  pinSelf(cores?.rest)
  const isAwake = keepCoresAwake()
  const waits = [1, 8].map((megabytes) => memoryLatency(megabytes * 1024 * 1024))
  const shares = watchMachine()
  const startedAt = new Date()
  const session = await openSession({
    folder: path.join(CACHE, 'run'),
    cores,
    lengths: options.lengths,
  })
  try {
    const gateways = GATEWAYS.filter(({ name }) => options.gateways.includes(name))
    const { contenders, columns, notes } = await startAll(gateways, session, options.install)
    /** @type {Measurement[]} */
    const measurements = []
    await measureAll({
      session,
      rows,
      contenders,
      rounds: options.rounds,
      onMeasurement(measurement) {
        measurements.push(measurement)
        sayMeasurement(measurement)
      },
    })
    const { own, others, steal } = shares()
    /** @param {number} share */
    const percent = (share) => `${Math.round(share * 100)} %`
    const circumstances = [
      `${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${describeCommit(HERE)}, ${describeMachine()}`,
      cores === undefined
        ? 'Nothing pinned: one core, or no `taskset`. These figures mean little.'
        : `Gateway alone on core ${cores.gateway}; upstream and load on ${cores.rest}`,
      isAwake
        ? 'Cores that rest poll instead of halting, so that no gateway pays for waking the load'
        : 'Cores that rest halt, and a gateway pays for waking the load: run as root for less of that',
      `${options.rounds} rounds, the order reversed each time; medians`,
      `Of all CPU time, the bench used ${percent(own)}, others on the machine ${percent(others)}, the hypervisor took ${percent(steal)}`,
      `At its start, a step through 1 MB of memory took ${waits.map((ns) => ns.toFixed(0)).join(' ns, through 8 MB ')} ns`,
      columns
        .map(({ title, version }) => (title.includes(version) ? title : `${title} ${version}`))
        .join(' · '),
    ]
    return { measurements, columns, notes, circumstances }
  } finally {
    await session.close()
  }
}

/** @param {Summary} summary @param {readonly string[]} rows */
async function check(summary, rows) {
  const measured = { figures: budgetFigures(summary), floors: floorFigures(summary) }
  const findings = checkBudgets(JSON.parse(await readFile(BUDGETS, 'utf8')), measured, rows)
  for (const { name, budget, toll, allowed, reached, isKept } of findings) {
    const shown = reached === undefined ? 'not measured' : figure(reached)
    const verdict = isKept ? 'kept' : 'BROKEN'
    console.log(
      `${verdict}  ${name}: ${shown} (budget ${figure(budget)}, all of Node dearer ${figure(toll)} times, allowed ${figure(allowed)})`,
    )
  }
  const broken = findings.filter(({ isKept }) => !isKept).length
  console.log(`${findings.length - broken} kept, ${broken} broken`)
  return broken === 0 && findings.length > 0
}

/** @param {Row} row @returns {Row} */
function withoutYardstick(row) {
  return row.apart ? { ...row, only: ['jetway'] } : row
}

async function main() {
  const options = readOptions(process.argv.slice(2), {
    rows: ROWS.map(({ name }) => name),
    gateways: GATEWAYS.map(({ name }) => name),
  })
  if (options.help) {
    console.log(USAGE)
    return
  }
  const chosen = ROWS.filter(({ name }) => options.rows.includes(name))
  // A budget of bytes needs no yardstick, and CI no memory of nginx.
  const rows = options.check ? chosen.map(withoutYardstick) : chosen
  const { measurements, columns, notes, circumstances } = await measure(options, rows)
  const summary = summarise(measurements)
  const report = renderReport({ summary, rows, columns, circumstances, notes })
  console.log(`${report}\n`)
  const figures = budgetFigures(summary)
  if (options.json !== undefined) {
    const content = { circumstances, notes, figures, measurements }
    await writeFile(options.json, `${JSON.stringify(content, undefined, 2)}\n`)
  }
  if (options.write) {
    await writeFile(DOCUMENT, withResults(await readFile(DOCUMENT, 'utf8'), report))
  }
  if (options.ratchet) {
    const lowered = ratchet(JSON.parse(await readFile(BUDGETS, 'utf8')), figures)
    await writeFile(BUDGETS, `${JSON.stringify(lowered, undefined, 2)}\n`)
  }
  if (options.check && !(await check(summary, options.rows))) process.exitCode = 1
}

// Ending by the usual signals still ends every process that was started: `exit` runs then.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => process.exit(1))
}

try {
  await main()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode =
    error instanceof RangeError || (error instanceof TypeError && 'code' in error) ? USAGE_ERROR : 1
}
