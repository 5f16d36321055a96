/** @import { Phase } from '../faults/phase.mjs' */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { clientPhases } from '../faults/clients.mjs'
import { networkPhases } from '../faults/network.mjs'
import { diskFull, gatewayKilled } from '../faults/processes.mjs'
import { upstreamPhases } from '../faults/upstream.mjs'
import { openHouse } from '../house.mjs'
import { canMount, mountDisk } from '../processes/small-disk.mjs'
import { createRandom, seedOf } from '../random.mjs'
import { runSet } from '../run-set.mjs'

/** One process on its own data folder. @param {import('./set.mjs').SetInput} input */
export async function runOne(input) {
  const random = createRandom(seedOf(input.seed, 'processes'))
  /** @type {import('../processes/small-disk.mjs').Disk | undefined} */
  let disk
  const mountable = canMount()
  const house = await openHouse({
    dist: input.dist,
    seed: input.seed,
    prepare(folder) {
      const data = join(folder, 'data')
      mkdirSync(data)
      if (mountable) disk = mountDisk(data)
    },
  })
  const full = diskFull((_, isFull) => (isFull ? disk?.fill() : disk?.free()))
  /** @type {Phase[]} */
  const phases = [...usualPhases()]
  phases.splice(
    12,
    0,
    ...(disk === undefined ? [] : [full]),
    gatewayKilled(random, 'SIGKILL and a new start'),
  )
  try {
    const report = await runSet({ ...input, name: 'one', house, phases: input.choose(phases) })
    if (mountable) return report
    return {
      ...report,
      notes: [...report.notes, 'disk full: not run, no right to mount a small disk'],
    }
  } finally {
    await house.close()
    disk?.unmount()
    house.remove()
  }
}

/** What every set goes through. @returns {readonly Phase[]} */
export function usualPhases() {
  const network = networkPhases()
  const upstream = upstreamPhases()
  // In turn, so that what ends tokens early comes now and then.
  const mixed = Array.from({ length: Math.max(network.length, upstream.length) }, (_, at) =>
    [upstream[at], network[at]].filter((phase) => phase !== undefined),
  ).flat()
  return [...clientPhases(), ...mixed]
}
