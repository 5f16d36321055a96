// Makes the database that later versions must open: once for each release, with its build.
//
//   npm run build && node test/upgrade/make-database.mjs 0.1.0
//
// Writes released/VERSION.db.gz, released/VERSION.jsonl.gz (what `jetway db export` gives) and released/VERSION.json: what is in
// them, and what the migrations were. Every secret in it is this test's own.
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createEmulator } from '../../dist/emulator.js'
import { environmentOf, jetway, startGateway } from './house.mjs'

const [version] = process.argv.slice(2)
if (!/^\d+\.\d+\.\d+$/.test(version ?? '')) throw new Error('say which release: 0.1.0')

const released = join(import.meta.dirname, 'released')
const migrations = join(import.meta.dirname, '..', '..', 'src', 'store', 'migrations')
const folder = mkdtempSync(join(tmpdir(), 'jetway-release-'))
const emulator = await createEmulator({
  deviceInterval: 0,
  accounts: [{ login: 'octo' }, { login: 'ada-at-github' }],
})
try {
  mkdirSync(join(folder, 'data'), { mode: 0o700 })
  const token = emulator.control.tokens.issue().value
  const env = environmentOf(folder, { url: emulator.url, token })
  const facts = await fill(env)
  await jetway(env, 'db', 'backup', join(folder, 'copy.db'))
  await jetway(env, 'db', 'export', join(folder, 'all.jsonl.gz'))
  mkdirSync(released, { recursive: true })
  writeFileSync(
    join(released, `${version}.db.gz`),
    gzipSync(readFileSync(join(folder, 'copy.db')), { level: 9 }),
  )
  writeFileSync(join(released, `${version}.jsonl.gz`), readFileSync(join(folder, 'all.jsonl.gz')))
  const names = readdirSync(migrations)
    .filter((name) => /^\d{4}-/.test(name))
    .sort()
  const hashes = Object.fromEntries(
    names.map((name) => [name.replace('.ts', ''), hashOf(join(migrations, name))]),
  )
  writeFileSync(
    join(released, `${version}.json`),
    `${JSON.stringify({ version, migrations: hashes, ...facts }, undefined, 2)}\n`,
  )
} finally {
  await emulator.close()
  rmSync(folder, { recursive: true })
}

/** @param {Record<string, string>} env */
async function fill(env) {
  const gateway = await startGateway(env)
  const make = async (path, body) => {
    const { status, json } = await gateway.ask(path, { body })
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(json)}`)
    return json
  }
  try {
    await make('/team/new', {
      team_id: 'engineering',
      max_budget_credits: 500,
      budget_duration: '1mo',
    })
    await make('/user/new', {
      user_id: 'ada',
      user_email: 'ada@example.com',
      max_budget_credits: 900,
    })
    const ci = await make('/key/generate', {
      key_alias: 'ci',
      team_id: 'engineering',
      rpm_limit: 600,
      models: ['gpt-*'],
    })
    const adas = await make('/key/generate', { key_alias: 'of-ada', user_id: 'ada' })
    const spent = await make('/key/generate', { key_alias: 'spent', max_budget_credits: 0.000001 })
    const gone = await make('/key/generate', { key_alias: 'gone' })
    const { flow_handle, user_code } = await make('/seats/connect/start', { user_id: 'ada' })
    emulator.control.device.approve({ userCode: user_code, login: 'ada-at-github' })
    await make('/seats/connect/poll', { user_id: 'ada', flow_handle })
    const statuses = []
    for (const [key, options] of [
      [ci.key, { id: 'release-explained' }],
      [ci.key, { model: 'gpt-4.1' }],
      [ci.key, { model: 'claude-sonnet-4.5' }],
      [adas.key, {}],
      [spent.key, {}],
    ]) {
      statuses.push((await gateway.say(key, options)).status)
    }
    await make('/key/delete', { keys: [gone.key] })
    const { json: listed } = await gateway.ask('/spend/summary?by=model&start_date=2020-01-01')
    return {
      keys: { ci: ci.key, adas: adas.key, spent: spent.key, gone: gone.key },
      seatToken: emulator.control.tokens.list().find(({ login }) => login === 'ada-at-github')
        .value,
      requestId: 'release-explained',
      statuses,
      summary: listed.summary.map(({ model, calls, spend_credits }) => ({
        model,
        calls,
        spend_credits,
      })),
    }
  } finally {
    await gateway.stop()
  }
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
