/**
 * CPU and memory of a process and all its descendants, as Linux counts them in /proc.
 *
 * Time of descendants that have ended is in their parent's own record (`cutime`, `cstime`) once it
 * has waited for them, so that a difference of two readings loses none.
 *
 * @import { TreeUse } from '../types.ts'
 */

import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'

/** What `getconf` would say on every Linux that Node runs on; asked once, in case it is not so. */
const USUAL_TICKS_PER_SECOND = 100
const USUAL_PAGE_BYTES = 4096

/** @param {string} name @param {number} usual */
function systemConstant(name, usual) {
  try {
    return Number(execFileSync('getconf', [name], { encoding: 'utf8' })) || usual
  } catch {
    return usual
  }
}

/**
 * One line of `/proc/PID/stat` (proc(5)). The command's name stands in parentheses and may hold
 * spaces and parentheses itself, so fields are counted from the last one that closes.
 *
 * @param {string} line
 */
export function parseStat(line) {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  /** @param {number} number as proc(5) counts, from 1 for the process id */
  const field = (number) => Number(fields[number - 3])
  return {
    pid: Number.parseInt(line, 10),
    parent: field(4),
    ticks: field(14) + field(15) + field(16) + field(17),
    residentPages: field(24),
  }
}

/**
 * The root and its descendants, whatever the order of the list.
 *
 * @template {{ pid: number, parent: number }} T
 * @param {readonly T[]} all
 * @param {number} root
 * @returns {T[]}
 */
export function treeOf(all, root) {
  /** @type {Map<number, T[]>} */
  const children = new Map()
  for (const process of all) {
    const siblings = children.get(process.parent)
    if (siblings === undefined) children.set(process.parent, [process])
    else siblings.push(process)
  }
  const found = all.filter(({ pid }) => pid === root)
  for (let at = 0; at < found.length; at += 1) {
    found.push(...(children.get(/** @type {T} */ (found[at]).pid) ?? []))
  }
  return found
}

/** @returns {(root: number) => TreeUse} */
export function createTreeMeter() {
  const ticksPerSecond = systemConstant('CLK_TCK', USUAL_TICKS_PER_SECOND)
  const pageBytes = systemConstant('PAGESIZE', USUAL_PAGE_BYTES)

  return function weigh(root) {
    const tree = treeOf(readAll(), root)
    if (tree.length === 0) throw new Error(`process ${root} is gone`)
    const ticks = tree.reduce((sum, process) => sum + process.ticks, 0)
    const pages = tree.reduce((sum, process) => sum + process.residentPages, 0)
    return {
      processes: tree.length,
      cpuMs: (ticks * 1000) / ticksPerSecond,
      residentBytes: pages * pageBytes,
    }
  }
}

function readAll() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [parseStat(readFileSync(`/proc/${name}/stat`, 'latin1'))]
      } catch {
        // It ended between the listing and the reading.
        return []
      }
    })
}
