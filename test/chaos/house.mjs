/**
 * Everything between the clients and the emulator, with a proxy at every hop.
 *
 * @import { TcpProxy } from './faults/tcp-proxy.mjs'
 * @import { LogLine, GatewayProcess } from './processes/start-gateway.mjs'
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTcpProxy } from './faults/tcp-proxy.mjs'
import { startEmulator } from './processes/start-emulator.mjs'
import { KEY, startGateway } from './processes/start-gateway.mjs'
import { createRandom, seedOf } from './random.mjs'

/** Milliseconds. A call is over within `call`; the rest is what a busy machine may add before it counts as late. */
export const LIMITS = { silence: 4_000, call: 10_000, slack: 8_000, client: 40_000 }

/** Limits short enough that a suite with thousands of stalls ends, and wide enough for the load. */
const CONFIG = `
model_list:
  - model_name: dns-only
    litellm_params: { model: openai/gpt-4o, api_base: "https://jetway-chaos.invalid/v1", api_key: none }
  - model_name: dns-group
    litellm_params: { model: openai/gpt-4o, api_base: "https://jetway-chaos.invalid/v1", api_key: none }
  - model_name: dns-group
    litellm_params: { model: github_copilot/gpt-4o }
  - model_name: "*"
    litellm_params: { model: "github_copilot/*" }
router_settings:
  num_retries: 2
  timeout: ${LIMITS.call / 1000}
  stream_timeout: ${LIMITS.silence / 1000}
  cooldown_time: 1
jetway:
  connect_timeout: 4
  keep_alive: 2
  drain_timeout: 10
  limits: { max_parallel_per_seat: 128, max_queued_per_seat: 512, queue_timeout: 5 }
`

/**
 * @typedef {object} HouseOptions
 * @property {string} dist the folder of the build
 * @property {number} seed
 * @property {number} [replicas]
 * @property {readonly string[]} [args] of `jetway start`
 * @property {Record<string, string>} [environment]
 * @property {(folder: string) => void} [prepare] the folder of a replica, before it starts
 */

/** @param {HouseOptions} options */
export async function openHouse({
  dist,
  seed,
  replicas = 1,
  args = [],
  environment = {},
  prepare,
}) {
  const folder = mkdtempSync(join(tmpdir(), 'jetway-chaos-'))
  const emulator = await startEmulator({
    module: join(dist, 'emulator.js'),
    options: {
      seed: `chaos-${seed}`,
      accounts: [{ login: 'octo', plan: 'enterprise', quotas: UNLIMITED }],
    },
  })
  const random = createRandom(seedOf(seed, 'network'))
  const upstreamProxy = await createTcpProxy({ target: () => emulator.port, random })
  /** @type {LogLine[]} */
  const lines = []

  /** @param {number} number */
  const open = async (number) => {
    const own = join(folder, `gateway-${number}`)
    mkdirSync(own)
    prepare?.(own)
    const port = await freePort()
    const start = () =>
      startGateway({
        program: join(dist, 'jetway.js'),
        folder: own,
        upstream: `http://127.0.0.1:${upstreamProxy.port}`,
        token: emulator.token,
        config: CONFIG,
        port,
        args,
        environment,
        onLine: (line) => lines.push(line),
      })
    const front = await createTcpProxy({ target: () => port, random })
    const gateway = {
      folder: own,
      port,
      front,
      origin: `http://127.0.0.1:${front.port}`,
      direct: `http://127.0.0.1:${port}`,
      process: await start(),
      /** When it was killed, on the monotonic clock. @type {number[]} */
      killedAt: [],
      async kill() {
        this.killedAt.push(performance.now())
        await this.process.stop('SIGKILL')
      },
      async restart() {
        this.process = await start()
      },
    }
    return gateway
  }
  /** @type {Awaited<ReturnType<typeof open>>[]} */
  const gateways = []
  for (let number = 0; number < replicas; number++) gateways.push(await open(number))

  const keys = [{ key: KEY, owner: 'master' }, ...(await makeKeys(gateways[0]?.direct ?? ''))]
  return {
    folder,
    emulator,
    upstreamProxy,
    gateways,
    fronts: gateways.map(({ front }) => front),
    lines,
    /** What came in at the emulator: prompt, outcome, status. @type {[string, string, number][]} */
    seen: [],
    /** Who calls. @type {{ key: string, owner: string }[]} */
    keys,
    /** Replicas write into one. */
    sharedLedger: false,
    /** What a killed process had finished, others write. */
    keepsMoments: false,
    /** @type {Record<string, TcpProxy>} further hops by name: Redis, Postgres */
    proxies: {},
    async close() {
      const codes = []
      for (const gateway of gateways) {
        codes.push(await gateway.process.stop())
        await gateway.front.close()
      }
      await upstreamProxy.close()
      await emulator.stop()
      return codes
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** @typedef {Awaited<ReturnType<typeof openHouse>>} House */
/** @typedef {House['gateways'][number]} HouseGateway */

const UNLIMITED = {
  premium_interactions: { entitlement: 1_000_000_000, remaining: 1_000_000_000, unlimited: true },
}

/** Virtual keys for some of the callers; none where this build has no store. @param {string} origin */
async function makeKeys(origin) {
  const keys = []
  for (const owner of ['ada', 'grace', 'hedy']) {
    const response = await fetch(`${origin}/key/generate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ key_alias: owner, max_budget: 1_000_000 }),
    })
    if (response.status === 404) return []
    const answer = await response.json()
    if (!response.ok) throw new Error(`/key/generate: ${JSON.stringify(answer)}`)
    keys.push({ key: answer.key, owner })
  }
  return keys
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
      server.close(() => resolve(port))
    })
  })
}
