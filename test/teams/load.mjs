// Load on what teams are kept in: how long summaries take over a million calls of ten thousand keys, with the plans of the
// databases, and how exact limits are over three replicas. By hand: `node test/teams/load.mjs [summaries|limits|outage]`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import pg from 'pg'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '1000000' },
    keys: { type: 'string', default: '10000' },
    days: { type: 'string', default: '91' },
    seconds: { type: 'string', default: '75' },
    plans: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})
const rows = Number(values.rows)
const keys = Number(values.keys)
const days = Number(values.days)

const root = join(import.meta.dirname, '..', '..')
const store = await loadSource()
const folder = mkdtempSync(join(tmpdir(), 'jetway-load-'))
try {
  const wanted = positionals[0] ?? 'summaries'
  if (wanted === 'summaries') await summaries()
  else if (wanted === 'limits') await limits({ outage: false })
  else if (wanted === 'outage') await limits({ outage: true })
  else throw new Error(`no load called ${wanted}: summaries, limits, outage`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function summaries() {
  const postgres = values.only === 'sqlite' ? undefined : await store.startPostgres()
  const places = [
    ...(values.only === 'postgres' ? [] : [['SQLite', join(folder, 'load.db')]]),
    ...(postgres ? [['PostgreSQL', postgres.url]] : []),
  ]
  try {
    for (const [name, location] of places) {
      const database = await store.openDatabase(location)
      await store.migrate(database)
      const started = performance.now()
      await fill(database, location)
      const seconds = ((performance.now() - started) / 1000).toFixed(0)
      console.log(
        `\n## ${name}: ${rows} calls, ${keys} keys, ${days} days (filled in ${seconds} s)\n`,
      )
      for (const table of ['calls', 'daily', 'sums', 'keys'])
        console.log(`${table}: ${await countOf(database, table)} rows`)
      console.log('\n| question | rows | median ms | slowest of 7 |\n|---|---|---|---|')
      for (const question of questions()) await measure(database, question)
      await database.close()
    }
  } finally {
    await postgres?.stop()
  }
}

function questions() {
  const day = (back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)
  const month = { fromDay: `${day(0).slice(0, 7)}-01`, toDay: day(0) }
  const thirty = { fromDay: day(29), toDay: day(0) }
  const middle = { fromDay: day(75), toDay: day(20) }
  const summary = (text, by, filter = {}) => ({
    text,
    run: (database) => store.summarize(database, by, filter),
    sql: (database) => store.summaryQuery(database.kind, by, filter),
  })
  const key = keyOf(4711)
  const list = (text, filter, cursor) => ({
    text,
    run: async (database) => (await store.listCalls(database, filter, 50, cursor)).rows,
  })
  return [
    ...['day', 'key_id', 'user_id', 'team_id', 'model', 'provider'].flatMap((by) => [
      summary(`by ${by}, everything`, [by]),
      summary(`by ${by}, this month`, [by], month),
      summary(`by ${by}, last 30 days`, [by], thirty),
      summary(`by ${by}, 56 days from mid-month to mid-month`, [by], middle),
    ]),
    summary('by day, one key', ['day'], { keyId: key }),
    summary('by model, one key', ['model'], { keyId: key }),
    summary('by day and model, one user', ['day', 'model'], { userId: 'user_471' }),
    summary('by key, one team, last 30 days', ['key_id'], { ...thirty, teamId: 'team_23' }),
    list('newest 50 calls', {}),
    list('newest 50 calls of a key', { keyId: key }),
    list('newest 50 calls of a team', { teamId: 'team_23' }),
    list('newest 50 calls of a model', { model: 'model-3' }),
    list('newest 50 failed calls', { outcome: 'failed' }),
    list('50 calls, 45 days back', {}, `${Date.now() - 45 * 86_400_000}.zzz`),
    {
      text: 'one call by its request id',
      run: async (database) => [await store.findCall(database, 'request-123456')],
    },
    {
      text: 'what 50 keys have spent',
      run: async (database) => {
        const ids = Array.from({ length: 50 }, (_, index) => keyOf(index * 100))
        return [...(await store.createLedger(database).spentBy('key', ids))]
      },
    },
    {
      text: 'a page of 50 keys',
      run: async (database) => (await store.createKeyStore(database).listKeys({ limit: 50 })).keys,
    },
    {
      text: 'one key by its hash',
      run: async (database) => [
        await store.createKeyStore(database).findGrant('hash-4711', Date.now()),
      ],
    },
  ]
}

async function measure(database, { text, run, sql }) {
  await run(database)
  const times = []
  let found = []
  for (let round = 0; round < 7; round++) {
    const started = performance.now()
    found = await run(database)
    times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  const late = times[3] > 200 ? ' **over 200**' : ''
  console.log(
    `| ${text} | ${found.length} | ${times[3].toFixed(1)}${late} | ${times[6].toFixed(1)} |`,
  )
  if (!values.plans || !sql) return
  const { sql: words, parameters } = sql(database).compile(database.query)
  const explain = database.kind === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN (ANALYZE, COSTS OFF)'
  const plan = await database.query.executeQuery(
    store.CompiledQuery.raw(`${explain} ${words}`, [...parameters]),
  )
  for (const row of plan.rows) console.log(`    ${row.detail ?? row['QUERY PLAN']}`)
}

/** By SQL, since a million rows one batch after the other would take longer; the same rows as the recorder writes. */
async function fill(database, location) {
  const sqlite = database.kind === 'sqlite'
  const numbers = (count) =>
    sqlite
      ? `(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < ${count - 1}) SELECT n FROM c) AS c`
      : `generate_series(0::bigint, ${count - 1}::bigint) AS c(n)`
  // The gateway's own connections give up on a statement that takes this long.
  const client = sqlite ? undefined : new pg.Client({ connectionString: location })
  await client?.connect()
  const run = (words) =>
    client ? client.query(words) : database.query.executeQuery(store.CompiledQuery.raw(words))
  const now = Date.now()
  const key = `((n * 7919) % ${keys})`
  const at = `(${now} - (n % ${days}) * 86400000 - (n % 1440) * 1000)`
  const padded = sqlite ? `printf('key_%05d', ${key})` : `'key_' || lpad(${key}::text, 5, '0')`
  const day = sqlite
    ? `strftime('%Y-%m-%d', ${at} / 1000, 'unixepoch')`
    : `to_char(to_timestamp(${at}::bigint / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')`
  const member = `'[]', '{}', NULL, 0, '{}'`
  await run(`INSERT INTO keys (id, hash, display, user_id, team_id, models, routes, limits, expires_at, blocked, metadata, created_at, updated_at, version)
    SELECT 'key_' || n, 'hash-' || n, 'sk-…', 'user_' || (n / 10), 'team_' || (n / 200), '[]', ${member}, n, n, 1 FROM ${numbers(keys)}`)
  await run(`INSERT INTO calls SELECT 'call-' || n, 'request-' || n, ${at}, ${day}, ${padded}, 'alias', 'user_' || (${key} / 10), 'team_' || (${key} / 200),
    'own', 'generate', 'chat', 'gpt-4o', 'github_copilot', 'model-' || (n % 8), 'chat', 'relay', 1, 'user',
    CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'ok' END, 200, NULL, 1000, 100, 0, 200, 0, 1234567 + n % 1000, 'upstream', 10, 1, 300, 2000, 0.4, 0,
    '{"rewrites":[],"degraded":[],"attempts":[]}' FROM ${numbers(rows)} WHERE true`)
  const sums = `count(*), sum(CASE WHEN outcome = 'ok' THEN 0 ELSE 1 END), sum(input_tokens), sum(cached_tokens), sum(cache_write_tokens),
    sum(output_tokens), sum(reasoning_tokens), sum(nano_credits), sum(saved_nano_credits)`
  await run(
    `INSERT INTO daily SELECT day, key_id, user_id, team_id, model, provider, ${sums} FROM calls GROUP BY 1, 2, 3, 4, 5, 6`,
  )
  const added = `sum(calls), sum(failed), sum(input_tokens), sum(cached_tokens), sum(cache_write_tokens), sum(output_tokens),
    sum(reasoning_tokens), sum(nano_credits), sum(saved_nano_credits)`
  for (const [kind, id] of [
    ['all', `''`],
    ['key', 'key_id'],
    ['user', 'user_id'],
    ['team', 'team_id'],
    ['model', 'model'],
    ['provider', 'provider'],
  ]) {
    for (const [span, start] of [
      ['day', 'day'],
      ['month', 'substr(day, 1, 7)'],
    ]) {
      await run(
        `INSERT INTO sums SELECT '${kind}', '${span}', ${start}, ${id}, ${added} FROM daily GROUP BY 3, 4`,
      )
    }
  }
  // Both do this by themselves now and then; here all rows came at once.
  await run(sqlite ? 'ANALYZE' : 'VACUUM ANALYZE')
  await client?.end()
}

function keyOf(number) {
  return `key_${String(number % keys).padStart(5, '0')}`
}

async function countOf(database, table) {
  const { rows: found } = await database.query.executeQuery(
    store.CompiledQuery.raw(`SELECT count(*) AS count FROM ${table}`),
  )
  return Number(found[0].count)
}

/** Three replicas, each with a connection of its own and 333 calls a second, under one limit of 6,000 requests a minute. */
async function limits({ outage }) {
  const redis = await store.startRedis()
  if (!redis) throw new Error('Redis is not installed: apt-get install redis-server')
  const limit = 6000
  const replicas = await Promise.all(
    [1, 2, 3].map(() =>
      store.openShared({
        redisUrl: redis.url,
        clock: store.systemClock,
        log: store.silentLog,
        replicas: 3,
      }),
    ),
  )
  // All have been counted once every one of them has beaten.
  await new Promise((resolve) => setTimeout(resolve, outage ? 6_000 : 0))
  const demands = [{ scope: 'key:load', requestsPerMinute: limit }]
  const allowed = []
  const late = []
  let asked = 0
  let slowest = 0
  const seconds = Number(values.seconds)
  const started = performance.now()
  let redisIs = 'up'
  const running = new Set()
  while (performance.now() - started < seconds * 1000) {
    const due = Math.floor(performance.now() - started)
    for (; asked < due; asked++) {
      const at = Date.now()
      const before = performance.now()
      const request = {
        callId: `c${asked}`,
        demands,
        tokens: 0,
        nowMs: at,
        deadlineMs: at + 60_000,
      }
      const taken = replicas[asked % 3].limits.take(request).then(({ refusal }) => {
        const took = performance.now() - before
        slowest = Math.max(slowest, took)
        late.push(took)
        if (!refusal) allowed.push(at)
      })
      running.add(taken)
      taken.finally(() => running.delete(taken))
    }
    if (outage && redisIs === 'up' && due > 5_000) {
      redisIs = 'down'
      await redis.kill()
    }
    if (outage && redisIs === 'down' && due > 20_000) {
      redisIs = 'back'
      await redis.start()
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(running)
  allowed.sort((a, b) => a - b)
  let most = 0
  for (let from = 0, to = 0; from < allowed.length; from++) {
    while (to < allowed.length && allowed[to] < allowed[from] + 60_000) to++
    most = Math.max(most, to - from)
  }
  late.sort((a, b) => a - b)
  console.log(
    `${asked} calls in ${seconds} s over three replicas, limit ${limit} a minute${outage ? ', Redis killed after 5 s and back after 20 s' : ''}`,
  )
  console.log(
    `allowed altogether: ${allowed.length}; most in any 60 s: ${most}; above the limit: ${Math.max(0, most - limit)}`,
  )
  console.log(
    `a decision took ${late[Math.floor(late.length / 2)].toFixed(2)} ms in the median, ${late[Math.floor(late.length * 0.99)].toFixed(2)} ms at the 99th percentile, ${slowest.toFixed(0)} ms at most`,
  )
  await Promise.all(replicas.map((replica) => replica.close()))
  await redis.stop()
}

/** The source as one module that this Node runs; it lies where the packages it imports are found. */
async function loadSource() {
  const outfile = join(root, 'node_modules', '.cache', `jetway-load-${process.pid}.mjs`)
  await build({
    stdin: {
      resolveDir: root,
      contents: `
        export { openDatabase } from './src/store/database/open.ts'
        export { migrate } from './src/store/migrations/migrate.ts'
        export { summarize, summaryQuery } from './src/store/ledger/summarize.ts'
        export { findCall, listCalls } from './src/store/ledger/read.ts'
        export { createLedger } from './src/store/ledger/ledger.ts'
        export { createKeyStore } from './src/store/keys/keys.ts'
        export { openShared } from './src/store/shared/open-shared.ts'
        export { startPostgres } from './src/store/testing/postgres-server.ts'
        export { startRedis } from './src/store/testing/redis-server.ts'
        export { systemClock } from './src/core/clock.ts'
        export { silentLog } from './src/core/log.ts'
        export { CompiledQuery } from 'kysely'`,
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  })
  const loaded = await import(pathToFileURL(outfile).href)
  rmSync(outfile)
  return loaded
}
