import { workerKilled } from '../faults/processes.mjs'
import { openHouse } from '../house.mjs'
import { createRandom, seedOf } from '../random.mjs'
import { runSet } from '../run-set.mjs'
import { usualPhases } from './one.mjs'

/** Four processes that share a port and a data folder. @param {import('./set.mjs').SetInput} input */
export async function runWorkers(input) {
  const random = createRandom(seedOf(input.seed, 'workers'))
  const house = await openHouse({ dist: input.dist, seed: input.seed, args: ['--workers', '4'] })
  house.keepsMoments = true
  const phases = [
    ...usualPhases(),
    workerKilled(random, 'SIGKILL of a worker', 6_000),
    workerKilled(random, 'SIGKILL of worker after worker', 1_000),
  ]
  try {
    return await runSet({ ...input, name: 'workers', house, phases: input.choose(phases) })
  } finally {
    await house.close()
    house.remove()
  }
}
