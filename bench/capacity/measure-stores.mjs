/**
 * What one call asks of Redis and PostgreSQL, and what that costs the gateway beside SQLite: the built command, both servers
 * from this machine's packages, the bench's upstream in place of GitHub, and calls that count against limits and a budget.
 *
 *   npm run build && node bench/capacity/measure-stores.mjs > stores.json
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { createClient } from '@redis/client'
import { build } from 'esbuild'
import pg from 'pg'
import { Agent, request } from 'undici'

import { describeCommit, describeMachine, watchMachine } from '../processes/machine.mjs'
import { createTreeMeter } from '../processes/tree-use.mjs'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CALLS = 6000
const WARM_UP = 1500
const AT_ONCE = 32
const KEYS = 50
const MASTER_KEY = 'sk-capacity-master-key'
/** The ledger is written in batches, and sums behind them. */
const SETTLE_MS = 4000

const folder = mkdtempSync(path.join(tmpdir(), 'jetway-capacity-'))
const house = await loadSource()
const treeUse = createTreeMeter()
const shares = watchMachine()
const emulator = await house.createEmulator()
try {
  const alone = await measure(undefined, undefined)
  const postgres = await house.startPostgres()
  const redis = await house.startRedis()
  if (!postgres || !redis)
    throw new Error('needs PostgreSQL and Redis: apt-get install postgresql redis-server')
  try {
    const together = await measure(postgres.url, redis.url)
    const { stores } = together
    if (!stores) throw new Error('the databases were not measured')
    const { others } = shares()
    const figures = {
      circumstances: [
        `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${describeCommit(ROOT)}, ${describeMachine()}`,
        `${CALLS} calls of ${KEYS} keys, ${AT_ONCE} at once, each against requests and tokens a minute and a budget; fsync off, databases on the same machine; others on the machine used ${Math.round(others * 100)} % of it`,
      ],
      ...stores,
      extraCpuUsPerCall: Math.max(0, Math.round(together.cpuUsPerCall - alone.cpuUsPerCall)),
    }
    console.log(JSON.stringify(figures, undefined, 2))
  } finally {
    await redis.stop()
    await postgres.stop()
  }
} finally {
  await emulator.close()
  rmSync(folder, { recursive: true, force: true })
}

/** @param {string | undefined} databaseUrl @param {string | undefined} redisUrl */
async function measure(databaseUrl, redisUrl) {
  const gateway = await startGateway(databaseUrl, redisUrl)
  const pid = /** @type {number} */ (gateway.child.pid)
  try {
    const keys = await makeKeys(gateway.url)
    await callAll(gateway.url, keys, WARM_UP)
    await pause(SETTLE_MS)
    const before = await reading(databaseUrl, redisUrl)
    const cpuBefore = treeUse(pid).cpuMs
    await callAll(gateway.url, keys, CALLS)
    await pause(SETTLE_MS)
    const cpuUsPerCall = ((treeUse(pid).cpuMs - cpuBefore) * 1000) / CALLS
    const after = await reading(databaseUrl, redisUrl)
    if (!before || !after) return { cpuUsPerCall, stores: undefined }
    const perCall = (/** @type {keyof typeof after} */ name) =>
      Math.round((100 * (after[name] - before[name])) / CALLS) / 100
    return {
      cpuUsPerCall,
      stores: {
        redisCommandsPerCall: perCall('redisCommands'),
        redisCpuUsPerCall: perCall('redisCpuUs'),
        postgresRowsPerCall: perCall('postgresRows'),
        postgresCpuUsPerCall: perCall('postgresCpuUs'),
        postgresBytesPerCall: perCall('postgresBytes'),
      },
    }
  } finally {
    gateway.child.kill('SIGTERM')
    await once(gateway.child, 'exit')
  }
}

/** @param {string | undefined} databaseUrl @param {string | undefined} redisUrl */
async function reading(databaseUrl, redisUrl) {
  if (databaseUrl === undefined || redisUrl === undefined) return undefined
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('SELECT pg_stat_force_next_flush()')
  await client.query('CHECKPOINT')
  const { rows } = await client.query(`SELECT
    (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::float8 FROM pg_stat_user_tables) AS rows,
    pg_database_size(current_database())::float8 AS bytes,
    current_setting('data_directory') AS folder`)
  await client.end()
  const [{ rows: written, bytes, folder: data }] = rows
  const server = Number(readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0])
  const redis = await createClient({ url: redisUrl }).connect()
  const info = await redis.info()
  redis.destroy()
  const field = (/** @type {string} */ name) =>
    Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1] ?? Number.NaN)
  return {
    postgresRows: written,
    postgresBytes: bytes,
    postgresCpuUs: treeUse(server).cpuMs * 1000,
    redisCommands: field('total_commands_processed'),
    redisCpuUs: (field('used_cpu_user') + field('used_cpu_sys')) * 1e6,
  }
}

/** @param {string | undefined} databaseUrl @param {string | undefined} redisUrl */
async function startGateway(databaseUrl, redisUrl) {
  const child = spawn(
    process.execPath,
    [
      path.join(ROOT, 'dist', 'jetway.js'),
      'start',
      '--port',
      '0',
      '--config',
      path.join(ROOT, 'bench', 'gateways', 'jetway.yaml'),
    ],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        JETWAY_DATA_DIR: path.join(folder, databaseUrl === undefined ? 'alone' : 'shared'),
        JETWAY_DISCOVERY: 'off',
        JETWAY_ANOMALY_STOP: 'off',
        JETWAY_MASTER_KEY: MASTER_KEY,
        JETWAY_SEAL_KEY: Buffer.alloc(32, 1).toString('base64'),
        GITHUB_COPILOT_TOKEN_DIR: path.join(folder, 'tokens'),
        COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
        GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
        GITHUB_COPILOT_API_BASE: emulator.url,
        ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
        ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
      },
    },
  )
  for await (const text of child.stdout.setEncoding('utf8')) {
    const url = /listening on (http:\S+)/.exec(text)?.[1]
    if (url !== undefined) {
      child.stdout.resume()
      return { child, url }
    }
  }
  throw new Error('the gateway ended before it was ready')
}

/** @param {string} url */
async function makeKeys(url) {
  const keys = []
  for (let at = 0; at < KEYS; at++) {
    const { body } = await request(`${url}/key/generate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        key_alias: `developer-${at}`,
        rpm_limit: 1e8,
        tpm_limit: 1e12,
        max_budget: 1e6,
      }),
    })
    keys.push(/** @type {{ key: string }} */ (await body.json()).key)
  }
  return keys
}

/** @param {string} url @param {readonly string[]} keys @param {number} count */
async function callAll(url, keys, count) {
  const dispatcher = new Agent({ connections: AT_ONCE })
  let made = 0
  const caller = async () => {
    while (made < count) {
      const key = keys[made++ % keys.length]
      const { statusCode, body } = await request(`${url}/v1/chat/completions`, {
        method: 'POST',
        dispatcher,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'gpt-4o',
          messages: [{ role: 'user', content: `Say hello ${made}` }],
        }),
      })
      const text = await body.text()
      if (statusCode !== 200) throw new Error(`${statusCode}: ${text}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, caller))
  await dispatcher.close()
}

/** The sources are TypeScript, which Node 20 does not run. */
async function loadSource() {
  const outfile = path.join(ROOT, 'node_modules', '.cache', `jetway-capacity-${process.pid}.mjs`)
  await build({
    stdin: {
      resolveDir: ROOT,
      contents: `
        export { createEmulator } from './src/emulator/index.ts'
        export { startPostgres } from './src/store/testing/postgres-server.ts'
        export { startRedis } from './src/store/testing/redis-server.ts'`,
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  })
  try {
    return await import(outfile)
  } finally {
    rmSync(outfile)
  }
}
