/**
 * @import { CallResult, Verdict } from './types.mjs'
 * @import { Phase } from './faults/phase.mjs'
 * @import { House } from './house.mjs'
 * @import { Callers } from './make-call.mjs'
 */
import { setTimeout as pause } from 'node:timers/promises'
import { NOTHING } from './faults/allowed.mjs'
import { judge } from './oracles/judge.mjs'
import { planCall } from './plan-call.mjs'

/**
 * @typedef {object} PhaseReport
 * @property {Phase} phase
 * @property {number} calls
 * @property {Record<Verdict, number>} verdicts
 * @property {readonly string[]} wrongs the first few, told apart
 * @property {number} slowestMs
 * @property {number} [met] exchanges that the network broke
 * @property {number} recoveryMs
 * @property {string | undefined} problem
 */

/**
 * @typedef {object} PhaseInput
 * @property {House} house
 * @property {Callers} callers
 * @property {Phase} phase
 * @property {string} run a word of its own for the ids of this phase
 * @property {number} seed
 * @property {number} calls
 * @property {number} maxMs
 * @property {number} concurrency
 * @property {(result: CallResult, verdict: Verdict, phase: Phase) => void} onResult
 */

/** So many calls while the fault is on, or as many as the time holds, and for as long as the fault needs; then the gateway must be well again. @param {PhaseInput} input @returns {Promise<PhaseReport>} */
export async function runPhase(input) {
  const { house, phase, calls, maxMs, concurrency } = input
  const tally = createTally()
  const metBefore = phase.met?.(house) ?? 0
  const met = () => (phase.met === undefined ? undefined : phase.met(house) - metBefore)
  await phase.begin(house)
  let problem
  const startedAt = performance.now()
  const until = startedAt + maxMs
  const enough = startedAt + (phase.leastMs ?? 0)
  try {
    const more = (/** @type {number} */ number) => {
      const now = performance.now()
      return now < until && (number < calls || now < enough || (met() ?? MET) < MET)
    }
    await runCalls(input, tally, phase, more, concurrency)
  } finally {
    await phase.end(house)
  }
  const hits = met()
  await freshConnections(house)
  for (const gateway of house.gateways) {
    if (gateway.process.alive) continue
    problem = `the gateway ended by itself: ${gateway.process.talk().slice(-300)}`
    await gateway.restart()
  }
  const recoveryMs = await recover(input)
  if (recoveryMs === undefined) problem = 'calls still failed long after the fault was over'
  problem ??= await stillOpen(house)
  return {
    phase,
    ...tally.read(),
    ...(hits === undefined ? {} : { met: hits }),
    recoveryMs: recoveryMs ?? RECOVERY_MS,
    problem,
  }
}

/** A connection that the fault has just ended may still look open to the client, whose next call would meet the fault of before. @param {House} house */
async function freshConnections({ fronts }) {
  for (const front of fronts) front.dropAll()
  await pause(HEARD_MS)
}

/** A gateway that gave up on a call lets go of the upstream, too. @param {House} house */
async function stillOpen(house) {
  const { open, seen } = await house.emulator.collect(LET_GO_MS)
  house.seen.push(...seen)
  return open > 0 ? `${open} calls are still open at the emulator after ${LET_GO_MS} ms` : undefined
}

/** Until the clients have heard of it. */
const HEARD_MS = 100
const RECOVERY_MS = 15_000
const LET_GO_MS = 20_000
const IN_A_ROW = 12
/** A fault of the network that broke fewer exchanges than these was hardly there. */
const MET = 5
/** What breaks sooner was refused, or cut at once; and so long a client then waits. */
const REFUSED_MS = 100

/** @returns {{ add(result: CallResult, phase: Phase): Verdict, read(): Pick<PhaseReport, 'calls' | 'verdicts' | 'wrongs' | 'slowestMs'> }} */
export function createTally() {
  /** @type {Record<Verdict, number>} */
  const verdicts = { ok: 0, error: 0, wrong: 0, late: 0, aborted: 0 }
  /** @type {Map<string, number>} */
  const wrongs = new Map()
  let calls = 0
  let slowestMs = 0
  return {
    add(result, phase) {
      const { verdict, why } = judge(result, phase)
      calls++
      verdicts[verdict]++
      slowestMs = Math.max(slowestMs, result.ms)
      if (verdict === 'wrong' || verdict === 'late') {
        const { plan } = result
        const told = `${plan.owner === 'master' ? 'master' : 'keyed'} ${plan.client} ${plan.wire} ${plan.model}${plan.stream ? ' stream' : ''}: ${why}`
        const kind = told.replaceAll(/n[0-9a-z]+x\d+q/g, 'NONCE').replaceAll(/\d{3,} ms/g, 'N ms')
        if (!wrongs.has(kind) && wrongs.size < 12) wrongs.set(kind, 0)
        if (wrongs.has(kind)) wrongs.set(kind, (wrongs.get(kind) ?? 0) + 1)
      }
      return verdict
    },
    read: () => ({
      calls,
      verdicts,
      wrongs: [...wrongs].map(([kind, times]) => `${times} × ${kind}`),
      slowestMs,
    }),
  }
}

/** @param {PhaseInput} input @param {ReturnType<typeof createTally>} tally @param {Phase} phase @param {(number: number) => boolean} more @param {number} concurrency */
export async function runCalls(
  { house, callers, run, seed, onResult },
  tally,
  phase,
  more,
  concurrency,
) {
  let next = 0
  const lane = async () => {
    while (more(next)) {
      const number = next++
      const plan = planCall(seed, run, number, phase, house.keys)
      const gateway = house.gateways[number % house.gateways.length]
      const result = await callers.call(gateway.origin, plan)
      onResult(result, tally.add(result, phase), phase)
      // As real clients do; the calls of a phase would else be used up while nobody listens.
      if (result.outcome.kind === 'broken' && result.ms < REFUSED_MS) await pause(REFUSED_MS)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
}

/** How long it took until calls succeeded again, so many in a row. @param {PhaseInput} input */
async function recover(input) {
  const { house, callers, run, seed, onResult } = input
  /** @type {Phase} */
  const calm = {
    name: 'recovery',
    hop: '',
    allowed: NOTHING,
    begin: async () => {},
    end: async () => {},
  }
  const startedAt = performance.now()
  let inARow = 0
  for (let number = 0; inARow < IN_A_ROW; number++) {
    if (performance.now() - startedAt > (input.phase.recoveryMs ?? RECOVERY_MS)) return undefined
    const plan = planCall(seed, `${run}r`, number, calm, house.keys)
    const gateway = house.gateways[number % house.gateways.length]
    const result = await callers.call(gateway.origin, plan)
    const { verdict } = judge(result, calm)
    onResult(result, verdict, calm)
    if (verdict === 'ok') inARow++
    else {
      inARow = 0
      await pause(50)
    }
  }
  return performance.now() - startedAt
}
