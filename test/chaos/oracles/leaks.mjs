/**
 * What the gateway's processes hold, seen from inside and from the kernel, before and after the storm.
 *
 * @import { House } from '../house.mjs'
 */
import { readdirSync, readlinkSync } from 'node:fs'

/**
 * @typedef {object} Holdings
 * @property {number} rss
 * @property {number} heap
 * @property {number} buffers
 * @property {Record<string, number>} counts
 * @property {Record<string, number>} files open files by what they are, to name those that are new
 */

/** The sum over all processes of all gateways. @param {House} house @returns {Promise<Holdings>} */
export async function readHoldings(house) {
  /** @type {Holdings} */
  const sum = { rss: 0, heap: 0, buffers: 0, counts: {}, files: {} }
  const add = (/** @type {string} */ name, /** @type {number} */ value) => {
    sum.counts[name] = (sum.counts[name] ?? 0) + value
  }
  for (const { process } of house.gateways) {
    for (const seen of await process.probe()) {
      sum.rss += seen.rss
      sum.heap += seen.heapUsed
      sum.buffers += seen.external
      for (const [name, value] of Object.entries(seen.objects))
        add(name, /** @type {number} */ (value))
      for (const target of descriptorsOf(seen.pid)) {
        const isSocket = target.startsWith('socket:')
        add(isSocket ? 'open sockets' : 'open files', 1)
        if (!isSocket) sum.files[nameOf(target)] = (sum.files[nameOf(target)] ?? 0) + 1
      }
    }
  }
  return sum
}

/** What the open descriptors of a process stand for. @param {number} pid */
function descriptorsOf(pid) {
  const targets = []
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    try {
      targets.push(readlinkSync(`/proc/${pid}/fd/${descriptor}`))
    } catch {
      // It was closed while we looked.
    }
  }
  return targets
}

/** Without the number of its own that each pipe has. @param {string} target */
function nameOf(target) {
  return target.replace(/:\[\d+\]$/, '')
}

/** Numbers that may differ by a little without anything leaking: caches of idle connections, a pending renewal. */
const SLACK = {
  timers: 4,
  sockets: 4,
  requests: 6,
  responses: 4,
  'open sockets': 4,
  'open files': 2,
  signals: 30,
  promises: 100,
}
const MEGABYTE = 1_048_576
const HEAP_SLACK = 12 * MEGABYTE
const RSS_SLACK = 90 * MEGABYTE

/** @param {Holdings} before @param {Holdings} after @returns {string[]} */
export function compareHoldings(before, after) {
  const grown = []
  for (const [name, slack] of Object.entries(SLACK)) {
    const had = before.counts[name] ?? 0
    const has = after.counts[name] ?? 0
    if (has <= had + slack) continue
    const which = name === 'open files' ? ` (more of ${newFiles(before, after)})` : ''
    grown.push(`${name}: ${had} before, ${has} after${which}`)
  }
  /** @type {readonly ['heap' | 'buffers' | 'rss', number][]} */
  const sizes = [
    ['heap', HEAP_SLACK],
    ['buffers', HEAP_SLACK],
    ['rss', RSS_SLACK],
  ]
  for (const [name, slack] of sizes) {
    if (after[name] > before[name] + slack) {
      grown.push(`${name}: ${megabytes(before[name])} before, ${megabytes(after[name])} after`)
    }
  }
  return grown
}

/** @param {Holdings} before @param {Holdings} after */
function newFiles(before, after) {
  return Object.entries(after.files)
    .filter(([name, count]) => count > (before.files[name] ?? 0))
    .map(([name, count]) => `${name}: ${before.files[name] ?? 0} → ${count}`)
    .join(', ')
}

/** Looks until nothing more is held than before, or the time is over. @param {House} house @param {Holdings} before @param {number} timeoutMs */
export async function settle(house, before, timeoutMs) {
  const until = performance.now() + timeoutMs
  for (;;) {
    const after = await readHoldings(house)
    const grown = compareHoldings(before, after)
    if (grown.length === 0 || performance.now() > until) return { after, grown }
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`
}

/** @param {Holdings} holdings */
export function describeHoldings({ rss, heap, counts }) {
  const parts = Object.entries(counts).map(([name, value]) => `${value} ${name}`)
  return `${megabytes(rss)} resident, ${megabytes(heap)} heap, ${parts.join(', ')}`
}
