/**
 * Mixed load for a long time, with a few faults among it: memory and handles end where they were after the first minute.
 *
 *   node test/chaos/soak.mjs [--minutes 30] [--seed N] [--concurrency 16] [--dist FOLDER]
 *
 * @import { Phase } from './faults/phase.mjs'
 */
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { either, UPSTREAM, CLIENT } from './faults/allowed.mjs'
import { openHouse } from './house.mjs'
import { createCallers } from './make-call.mjs'
import { checkBook, readLedger, readLog } from './oracles/ledger.mjs'
import { describeHoldings, readHoldings, settle } from './oracles/leaks.mjs'
import { createTally, runCalls } from './run-phase.mjs'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '16' },
    dist: { type: 'string', default: fileURLToPath(new URL('../../dist', import.meta.url)) },
  },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed)
const concurrency = Number(values.concurrency)
if (!(minutes > 1)) throw new RangeError('--minutes must be more than 1: the first is the measure')

/** Every twentieth exchange with GitHub is reset, and clients go away at random. @type {Phase} */
const MIXED = {
  name: 'mixed load',
  hop: 'soak',
  allowed: either(UPSTREAM, CLIENT, { abort: true }),
  aborts: 0.1,
  begin: (house) => house.upstreamProxy.set({ kind: 'reset', share: 0.05, after: [0, 3_000] }),
  end: (house) => house.upstreamProxy.set(undefined),
}

const house = await openHouse({ dist: resolve(values.dist), seed })
const callers = createCallers()
/** @type {Map<string, import('./types.mjs').CallResult>} */
const results = new Map()
const input = {
  house,
  callers,
  phase: MIXED,
  seed,
  concurrency,
  calls: Infinity,
  maxMs: 0,
  onResult(/** @type {import('./types.mjs').CallResult} */ result) {
    const { kind, status = 0, requestId } = result.outcome
    results.set(result.plan.id, { ...result, outcome: { kind, status, requestId } })
  },
}

/** @param {string} run @param {number} ms @param {ReturnType<typeof createTally>} tally */
async function load(run, ms, tally) {
  const until = performance.now() + ms
  await MIXED.begin(house)
  await runCalls({ ...input, run }, tally, MIXED, () => performance.now() < until, concurrency)
  await MIXED.end(house)
  house.seen.push(...(await house.emulator.collect(10_000)).seen)
}

/** Idle connections are no leak. */
async function calm() {
  for (const proxy of [...house.fronts, house.upstreamProxy]) proxy.dropAll()
  await pause(2_000)
}

const violations = []
const startedAt = performance.now()
try {
  const tally = createTally()
  await load('s0p', 60_000, tally)
  await calm()
  const before = await readHoldings(house)
  console.log(`after 1 minute: ${describeHoldings(before)}`)
  for (let minute = 1; minute < minutes; minute++) {
    await load(`s${minute}p`, Math.min(1, minutes - minute) * 60_000, tally)
    console.log(`after ${minute + 1} minutes: ${describeHoldings(await readHoldings(house))}`)
  }
  await callers.close()
  await calm()
  const { after, grown } = await settle(house, before, 40_000)
  console.log(`at the end: ${describeHoldings(after)}`)
  const { calls, verdicts, wrongs } = tally.read()
  console.log(`${calls} calls: ${JSON.stringify(verdicts)}`)
  violations.push(...grown.map((text) => `leak: ${text}`), ...wrongs)
  const book = (await readLedger(house)) ?? readLog(house)
  const { findings, rows } = checkBook({ house, book, results })
  console.log(`${book.source}: ${rows} calls written, ${results.size} made`)
  violations.push(...findings)
  if (verdicts.late > 0) violations.push(`${verdicts.late} calls were late`)
} finally {
  await house.close()
  house.remove()
}
const took = ((performance.now() - startedAt) / 60_000).toFixed(1)
console.log(
  violations.length === 0 ? `KEPT for ${took} minutes` : `BROKEN:\n${violations.join('\n')}`,
)
// At once: Node 20 may spin for ever over what is left of sockets that were reset.
process.exit(violations.length > 0 ? 1 : 0)
