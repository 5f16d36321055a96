import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../../src/emulator/index.ts'
import { root } from '../support/require.ts'
import { environmentOf, jetway, startGateway } from './house.mjs'

/** What `make-database.mjs` wrote when that version was released. */
interface Released {
  readonly version: string
  readonly migrations: Readonly<Record<string, string>>
  readonly keys: { readonly ci: string; adas: string; spent: string; gone: string }
  readonly seatToken: string
  readonly requestId: string
  readonly summary: readonly { model: string; calls: number; spend_credits: number }[]
}

const folder = join(import.meta.dirname, 'released')
const releases = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Released)

test('there is a database of the first release', () => {
  expect(releases.map(({ version }) => version)).toContain('0.1.0')
})

describe.each(releases)('the database of $version', (release) => {
  const { version, keys } = release
  let home: string
  let emulator: Emulator
  let env: Record<string, string>

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'jetway-upgrade-'))
    emulator = await createEmulator({ accounts: [{ login: 'octo' }, { login: 'ada-at-github' }] })
    emulator.control.tokens.issue({ login: 'ada-at-github', value: release.seatToken })
    const token = emulator.control.tokens.issue({ login: 'octo' }).value
    env = {
      ...environmentOf(home, { url: emulator.url, token }),
      // Its calls are as old as the release, and are wanted here all the same.
      JETWAY_KEEP_CALLS: '36500d',
    }
    mkdirSync(join(home, 'data'), { mode: 0o700 })
  })
  afterEach(async () => {
    await emulator.close()
    rmSync(home, { recursive: true, force: true })
  })

  const unpack = (name: string): Buffer => gunzipSync(readFileSync(join(folder, name)))

  /** What a company finds after the upgrade: its keys, budgets, seats and what it has spent. */
  async function expectAllThere(): Promise<void> {
    const gateway = await startGateway(env)
    try {
      expect((await gateway.say(keys.ci)).status).toBe(200)
      expect((await gateway.say(keys.ci, { model: 'claude-sonnet-4.5' })).status).toBe(403)
      expect((await gateway.say(keys.spent)).status).toBe(429)
      expect((await gateway.say(keys.gone)).status).toBe(401)
      // Ada's own seat: its token was sealed in the database.
      expect((await gateway.say(keys.adas)).status).toBe(200)
      const exchanged = emulator.control.requests
        .list()
        .some(({ headers }) => JSON.stringify(headers).includes(release.seatToken))
      expect(exchanged).toBe(true)
      const { json, status } = await gateway.ask(`/v1/requests/${release.requestId}`)
      expect(status).toBe(200)
      expect(JSON.stringify(json)).toContain('gpt-4o')
      const { json: sums } = await gateway.ask(
        '/spend/summary?by=model&start_date=2020-01-01&end_date=2026-11-30',
      )
      const { summary } = sums as { summary: Released['summary'] }
      for (const { model, calls, spend_credits } of release.summary) {
        const now = summary.find((row) => row.model === model)
        expect(now?.calls).toBeGreaterThanOrEqual(calls)
        expect(now?.spend_credits).toBeGreaterThanOrEqual(spend_credits)
      }
    } finally {
      expect(await gateway.stop()).toBe(0)
    }
  }

  test('is opened by this version, and nothing is lost', async () => {
    writeFileSync(join(home, 'data', 'jetway.db'), unpack(`${version}.db.gz`))
    await expectAllThere()
  })

  test('is brought to this version by the command, once', async () => {
    writeFileSync(join(home, 'data', 'jetway.db'), unpack(`${version}.db.gz`))
    await jetway(env, 'db', 'migrate')
    const again = JSON.parse(await jetway(env, 'db', 'migrate', '--json')) as { steps: string[] }
    expect(again.steps).toEqual([])
    const listed = JSON.parse(await jetway(env, 'keys', 'list', '--json')) as {
      keys: { key_alias: string }[]
    }
    expect(listed.keys.map((key) => key.key_alias).sort()).toEqual(['ci', 'of-ada', 'spent'])
    expect(await jetway(env, 'explain', release.requestId)).toContain('gpt-4o')
  })

  test('as an export, is read into an empty one', async () => {
    await jetway(env, 'db', 'import', join(folder, `${version}.jsonl.gz`))
    await expectAllThere()
  })

  test('its migrations are as they were: what a release has applied is never edited', () => {
    const place = join(root, 'src', 'store', 'migrations')
    const now = Object.keys(release.migrations).map((name) => {
      const text = readFileSync(join(place, `${name}.ts`))
      return [name, createHash('sha256').update(text).digest('hex')]
    })
    expect(Object.fromEntries(now)).toEqual(release.migrations)
  })
})
