import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { root } from '../support/require.ts'
/** What is wrong when the gateway starts: it serves what it can, says what it cannot, and goes on once it can. */

/** The suite is plain JavaScript; this is what of it is called here. */
interface Proxy {
  readonly port: number
  set(fault: object | undefined): Promise<void>
  close(): Promise<unknown>
}
interface Disk {
  fill(): void
  free(): void
  readOnly(): boolean
  unmount(): void
}
interface EmulatorProcess {
  readonly port: number
  readonly token: string
  stop(): Promise<void>
}
interface LogLine {
  readonly msg: string
  readonly reason?: unknown
}
interface GatewayProcess {
  readonly url: string
  readonly alive: boolean
  talk(): string
  stop(signal?: NodeJS.Signals): Promise<number | null>
}
const load = <Module>(path: string): Promise<Module> =>
  import(join(root, 'test', 'chaos', path)) as Promise<Module>
const { createTcpProxy } = await load<{
  readonly createTcpProxy: (options: object) => Promise<Proxy>
}>('faults/tcp-proxy.mjs')
const { canMount, mountDisk } = await load<{
  readonly canMount: () => boolean
  readonly mountDisk: (folder: string) => Disk | undefined
}>('processes/small-disk.mjs')
const { startEmulator } = await load<{
  readonly startEmulator: (options: object) => Promise<EmulatorProcess>
}>('processes/start-emulator.mjs')
const { KEY, startGateway } = await load<{
  readonly KEY: string
  readonly startGateway: (options: object) => Promise<GatewayProcess>
}>('processes/start-gateway.mjs')
const { createRandom } = await load<{ readonly createRandom: (seed: number) => object }>(
  'random.mjs',
)

const dist = join(root, 'dist')
const mountable = canMount()
let emulator: EmulatorProcess
let github: Proxy
let folder: string
let lines: LogLine[]
let running: GatewayProcess | undefined
let clean: (() => void)[]

beforeAll(async () => {
  emulator = await startEmulator({ module: join(dist, 'emulator.js') })
  github = await createTcpProxy({ target: () => emulator.port, random: createRandom(1) })
})

afterAll(async () => {
  await github.close()
  await emulator.stop()
})

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jetway-chaos-start-'))
  lines = []
  running = undefined
  clean = []
})

afterEach(async () => {
  await running?.stop('SIGKILL')
  await github.set(undefined)
  for (const undo of clean) undo()
  rmSync(folder, { recursive: true, force: true })
})

async function start(environment: Record<string, string> = {}): Promise<string> {
  running = await startGateway({
    program: join(dist, 'jetway.js'),
    folder,
    upstream: `http://127.0.0.1:${github.port}`,
    token: emulator.token,
    config: 'router_settings: { num_retries: 0, timeout: 10 }\njetway: { connect_timeout: 2 }\n',
    port: 0,
    environment,
    onLine: (line: LogLine) => lines.push(line),
  })
  return running.url
}

/** A folder on a disk of its own. */
function disk(name: string): Disk {
  const path = join(folder, name)
  mkdirSync(path)
  const mounted = mountDisk(path)
  if (mounted === undefined) throw new Error('no right to mount')
  clean.push(() => {
    mounted.unmount()
  })
  return mounted
}

interface Reply {
  readonly status: number
  readonly body: {
    readonly choices?: readonly { readonly message: { readonly content: string } }[]
    readonly error?: { readonly message: string; readonly code: string | null }
    readonly key?: string
    readonly logs?: readonly { readonly request_id: string }[]
  }
}

async function ask(
  url: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Reply['body'] }
}

const say = (url: string, word: string, headers?: Record<string, string>): Promise<Reply> =>
  ask(
    url,
    '/v1/chat/completions',
    { model: 'gpt-4o', messages: [{ role: 'user', content: `say: ${word}` }] },
    headers,
  )

async function expectServing(url: string): Promise<void> {
  await expect
    .poll(async () => (await say(url, 'well')).body.choices?.[0]?.message.content, {
      timeout: 40_000,
      interval: 200,
    })
    .toBe('well')
}

const alive = async (url: string): Promise<number> =>
  (await fetch(`${url}/health/liveliness`)).status

describe('at the start', () => {
  test('GitHub is down: it starts, says so in each call, and serves once GitHub is back', async () => {
    await github.set({ kind: 'refuse' })
    const url = await start()
    expect(await alive(url)).toBe(200)
    const { status, body } = await say(url, 'now')
    expect(status).toBeGreaterThanOrEqual(500)
    expect(body.error?.message).toMatch(/connection refused|cannot be reached|could not/i)
    expect(running?.alive).toBe(true)
    await github.set(undefined)
    await expectServing(url)
    expect(await running?.stop()).toBe(0)
  })

  test('no network: it starts, and calls say that names do not resolve', async () => {
    const away = 'https://jetway-chaos.invalid'
    const url = await start({
      GITHUB_COPILOT_DEVICE_CODE_URL: `${away}/login/device/code`,
      GITHUB_COPILOT_ACCESS_TOKEN_URL: `${away}/login/oauth/access_token`,
      GITHUB_COPILOT_API_KEY_URL: `${away}/copilot_internal/v2/token`,
      GITHUB_COPILOT_API_BASE: away,
    })
    expect(await alive(url)).toBe(200)
    const { status, body } = await say(url, 'now')
    expect(status).toBeGreaterThanOrEqual(500)
    expect(body.error?.message).toMatch(/DNS|resolve/)
    // What needs no network is there: keys, the ledger and its failed call.
    expect((await ask(url, '/key/generate', { key_alias: 'ada' })).status).toBe(200)
    expect((await ask(url, '/spend/logs?limit=5')).body.logs).toHaveLength(1)
    expect(await running?.stop()).toBe(0)
  })
})

describe.runIf(mountable)('a disk at the start', () => {
  test('home is read-only: it serves, with keys in memory, and says so', async () => {
    disk('home').readOnly()
    const home = join(folder, 'home')
    const url = await start({
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_DATA_HOME: join(home, '.local', 'share'),
      JETWAY_DATA_DIR: join(home, 'data'),
      GITHUB_COPILOT_TOKEN_DIR: join(home, 'tokens'),
    })
    await expectServing(url)
    expect(running?.talk()).toMatch(/cannot be written \(EROFS\).*kept in memory only/)
    const { body } = await ask(url, '/key/generate', { key_alias: 'ada', max_budget: 5 })
    const own = { authorization: `Bearer ${body.key}` }
    expect((await say(url, 'ada', own)).body.choices?.[0]?.message.content).toBe('ada')
    expect((await say(url, 'eve', { authorization: 'Bearer sk-wrong' })).status).toBe(401)
    expect((await ask(url, '/spend/logs?limit=5')).body.logs?.length).toBeGreaterThanOrEqual(2)
    expect(await running?.stop()).toBe(0)
  })

  test('the disk is full: it serves, says so, and writes down what it did once there is room', async () => {
    const data = disk('data')
    data.fill()
    const url = await start()
    await expectServing(url)
    const { status, body } = await ask(url, '/key/generate', { key_alias: 'ada' })
    expect(status).toBeGreaterThanOrEqual(500)
    expect(body.key).toBeUndefined()
    const said = (): string => lines.map(({ msg, reason }) => `${msg} ${String(reason)}`).join('\n')
    await expect
      .poll(said, { timeout: 20_000 })
      .toMatch(/the database cannot be reached.*(full|ENOSPC)/)
    await say(url, 'full', { 'x-request-id': 'while-it-was-full' })
    data.free()
    await expect
      .poll(
        async () => {
          const { body: page } = await ask(url, '/spend/logs?limit=100')
          return page.logs?.some(({ request_id: id }) => id === 'while-it-was-full')
        },
        { timeout: 40_000, interval: 500 },
      )
      .toBe(true)
    expect((await ask(url, '/key/generate', { key_alias: 'ada' })).status).toBe(200)
    expect(await running?.stop()).toBe(0)
  })
})
