/** @import { Phase } from '../faults/phase.mjs' */
import { clientPhases } from '../faults/clients.mjs'
import { networkPhases } from '../faults/network.mjs'
import { upstreamPhases } from '../faults/upstream.mjs'
import { openHouse } from '../house.mjs'
import { runSet } from '../run-set.mjs'

/** One process on its own data folder. @param {import('./set.mjs').SetInput} input */
export async function runOne(input) {
  const house = await openHouse({ dist: input.dist, seed: input.seed })
  try {
    return await runSet({ ...input, name: 'one', house, phases: input.choose(usualPhases()) })
  } finally {
    await house.close()
    house.remove()
  }
}

/** @returns {readonly Phase[]} */
export function usualPhases() {
  return [...networkPhases(), ...upstreamPhases(), ...clientPhases()]
}
