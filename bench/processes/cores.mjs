/**
 * Who runs on which core: the gateway alone on one, everything else on the others.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** @typedef {{ gateway: string, rest: string }} Cores as `taskset -c` takes them */

/**
 * `0-2,5` as in /proc/PID/status.
 *
 * @param {string} list
 */
export function parseCpuList(list) {
  return list
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, at) => first + at)
    })
}

/**
 * The last core for the gateway, because the first takes most of the interrupts.
 *
 * @param {readonly number[]} allowed
 * @returns {Cores | undefined} undefined when there is only one
 */
export function shareCores(allowed) {
  const gateway = allowed.at(-1)
  if (gateway === undefined || allowed.length < 2) return undefined
  return { gateway: String(gateway), rest: allowed.slice(0, -1).join(',') }
}

/** @returns {Cores | undefined} undefined where processes cannot be pinned */
export function findCores() {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    const status = readFileSync('/proc/self/status', 'latin1')
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1]
    return list === undefined ? undefined : shareCores(parseCpuList(list))
  } catch {
    return undefined
  }
}

/**
 * @param {string | undefined} cores
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {[string, string[]]}
 */
export function pinned(cores, file, args) {
  return cores === undefined ? [file, [...args]] : ['taskset', ['-c', cores, file, ...args]]
}

/** Moves this process itself, so that the bench's own work stays off the gateway's core. */
export function pinSelf(/** @type {string | undefined} */ cores) {
  if (cores === undefined) return
  execFileSync('taskset', ['-acp', cores, String(process.pid)], { stdio: 'ignore' })
}
