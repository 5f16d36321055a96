/** What the run was made on, and how much of the machine others used meanwhile. */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

import { createTreeMeter } from './tree-use.mjs'

/**
 * The first line of /proc/stat: time of all cores since boot, in ticks. Guest time is in user time
 * already.
 *
 * @param {string} text
 */
export function parseMachineTicks(text) {
  const line = /^cpu +(.*)$/m.exec(text)?.[1] ?? ''
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0] = line
    .split(' ')
    .map(Number)
  const busy = user + nice + system + irq + soft
  return { busy, steal, total: busy + steal + idle + wait }
}

/** Starts watching; the result says which shares of the cores' time went where. */
export function watchMachine() {
  const weigh = createTreeMeter()
  const before = parseMachineTicks(readFileSync('/proc/stat', 'latin1'))
  const startedAt = performance.now()
  const ownBefore = weigh(process.pid).cpuMs

  return function shares() {
    const after = parseMachineTicks(readFileSync('/proc/stat', 'latin1'))
    const ticks = after.total - before.total
    const coreMs = (performance.now() - startedAt) * cpus().length
    const own = (weigh(process.pid).cpuMs - ownBefore) / coreMs
    const busy = (after.busy - before.busy) / ticks
    return { own, others: Math.max(0, busy - own), steal: (after.steal - before.steal) / ticks }
  }
}

/** @returns {string} */
export function describeMachine() {
  const [first] = cpus()
  return `${cpus().length} cores, ${first?.model.trim() ?? 'unknown'}, Node ${process.versions.node}`
}

/** @param {string} folder @returns {string} the commit, and whether the tree differs from it */
export function describeCommit(folder) {
  try {
    const options = /** @type {const} */ ({ cwd: folder, encoding: 'utf8' })
    return execFileSync('git', ['describe', '--always', '--dirty'], options).trim()
  } catch {
    return 'unknown commit'
  }
}
