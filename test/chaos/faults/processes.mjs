/**
 * What happens to the gateway itself: its processes killed, its disk full.
 *
 * @import { Phase } from './phase.mjs'
 * @import { House } from '../house.mjs'
 * @import { Random } from '../random.mjs'
 */
import { setTimeout as pause } from 'node:timers/promises'
import { CLIENT, STORE_AWAY, either } from './allowed.mjs'
import { repeating } from './phase.mjs'

/** A call under way in a killed process breaks; one that comes while none listens is refused. */
const KILLED = either(CLIENT, { inStream: true })

/** One of the gateways dies and is started again. @param {Random} random @param {string} name @returns {Phase} */
export function gatewayKilled(random, name) {
  return {
    name,
    hop: 'processes',
    allowed: KILLED,
    ...repeating(2_500, async (house) => {
      const gateway = random.pick(house.gateways)
      await gateway.kill()
      await gateway.restart()
    }),
  }
}

/** A worker dies and is replaced; the others go on. @param {Random} random @param {string} name @param {number} everyMs @returns {Phase} */
export function workerKilled(random, name, everyMs) {
  return {
    name,
    hop: 'processes',
    allowed: KILLED,
    ...repeating(everyMs, async ({ gateways }) => {
      for (const gateway of gateways) {
        const { process: running } = gateway
        const workers = running.pids().filter((pid) => pid !== running.pid)
        if (workers.length === 0) continue
        gateway.killedAt.push(performance.now())
        process.kill(random.pick(workers), 'SIGKILL')
      }
    }),
  }
}

/** Nothing can be written: calls go on, and are written down when there is room again. @param {(house: House, full: boolean) => void} setFull @returns {Phase} */
export function diskFull(setFull) {
  let from = 0
  return {
    name: 'disk full',
    hop: 'disk',
    // A budget that cannot be counted is not spent from.
    allowed: { codes: STORE_AWAY },
    begin: (house) => {
      from = house.lines.length
      return Promise.resolve(setFull(house, true))
    },
    async end(house) {
      setFull(house, false)
      await writtenAgain(house, from)
    },
  }
}

/**
 * What finished meanwhile is in memory and nowhere else: a kill before it is written would lose it, whatever the gateway did. Should it
 * not be written in time, the ledger's oracle says so. @param {House} house @param {number} from the first line of the fault
 */
async function writtenAgain(house, from) {
  const said = (/** @type {string} */ text) =>
    house.lines.slice(from).findLastIndex(({ msg }) => String(msg).includes(text))
  const until = performance.now() + WRITTEN_MS
  while (said(NOT_WRITTEN) > said(WRITTEN) && performance.now() < until) await pause(50)
}

/** The log, which tells of it, is written once a second. */
const WRITTEN_MS = 5_000
const NOT_WRITTEN = 'finished calls could not be written'
const WRITTEN = 'finished calls are written again'
