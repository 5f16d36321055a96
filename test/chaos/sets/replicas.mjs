import { createTcpProxy } from '../faults/tcp-proxy.mjs'
import { gatewayKilled } from '../faults/processes.mjs'
import { storePhases } from '../faults/stores.mjs'
import { openHouse } from '../house.mjs'
import { startServers } from '../processes/servers.mjs'
import { createRandom, seedOf } from '../random.mjs'
import { runSet } from '../run-set.mjs'
import { usualPhases } from './one.mjs'

/** Two gateways that share Redis and PostgreSQL, a proxy before each store. @param {import('./set.mjs').SetInput} input @returns {Promise<import('../run-set.mjs').SetReport>} */
export async function runReplicas(input) {
  const servers = await startServers()
  if ('missing' in servers) {
    return {
      name: 'replicas',
      notRun: servers.missing,
      phases: [],
      violations: [],
      notes: [],
      calls: 0,
      seconds: 0,
    }
  }
  const random = createRandom(seedOf(input.seed, 'replicas'))
  const { redis, postgres } = servers
  const proxies = {
    redis: await createTcpProxy({ target: () => Number(new URL(redis.url).port), random }),
    postgres: await createTcpProxy({ target: () => Number(new URL(postgres.url).port), random }),
  }
  try {
    const house = await openHouse({
      dist: input.dist,
      seed: input.seed,
      replicas: 2,
      environment: {
        REDIS_URL: through(redis.url, proxies.redis.port),
        DATABASE_URL: through(postgres.url, proxies.postgres.port),
        JETWAY_SEAL_KEY: SEAL_KEY,
      },
    })
    house.sharedLedger = true
    Object.assign(house.proxies, proxies)
    const phases = [
      ...storePhases(servers),
      gatewayKilled(random, 'SIGKILL of a replica'),
      ...usualPhases(),
    ]
    try {
      return await runSet({ ...input, name: 'replicas', house, phases: input.choose(phases) })
    } finally {
      await house.close()
      house.remove()
    }
  } finally {
    for (const proxy of Object.values(proxies)) await proxy.close()
    await redis.stop()
    await postgres.stop()
  }
}

/** Guards nothing here; replicas have to have the same one. */
const SEAL_KEY = Buffer.alloc(32, 7).toString('base64')

/** @param {string} url @param {number} port */
function through(url, port) {
  const address = new URL(url)
  address.port = String(port)
  return address.href
}
