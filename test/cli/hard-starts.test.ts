import { spawn, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../../src/emulator/index.ts'
import { canMount, mountDisk } from '../chaos/processes/small-disk.mjs'
import { ended, environmentFor, readyUrl } from '../support/gateway-process.ts'
import { root } from '../support/require.ts'

/** Each start serves what it can, and says what it cannot. Through the command, as a person has it. */
let emulator: Emulator
let home: string
let environment: Record<string, string>
const running: ChildProcess[] = []
const isRoot = process.getuid?.() === 0
const NOBODY = 65_534

beforeAll(async () => {
  emulator = await createEmulator()
})
afterAll(() => emulator.close())
beforeEach(() => {
  emulator.control.state.reset()
  home = mkdtempSync(join(tmpdir(), 'jetway-hard-'))
  environment = {
    ...environmentFor(emulator.url, home),
    JETWAY_MASTER_KEY: 'sk-master',
    COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
  }
})
afterEach(async () => {
  for (const child of running.splice(0)) await ended(child, 'SIGKILL')
  chmodSync(home, 0o700)
  rmSync(home, { recursive: true, force: true })
})

interface Started {
  readonly child: ChildProcess
  readonly url: string
  said(): string
}

async function start(words: readonly string[] = [], asNobody = false): Promise<Started> {
  const child = spawn(
    process.execPath,
    [join(root, 'dist', 'jetway.js'), 'start', '--port', '0', ...words],
    {
      cwd: '/',
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(asNobody && isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    },
  )
  running.push(child)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  return { child, url: await readyUrl(child, () => said), said: () => said }
}

async function ask(url: string, model = 'gpt-4o', key = 'sk-master') {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'say: hi' }] }),
  })
  return { status: answer.status, text: await answer.text() }
}

const status = async (url: string, path: string): Promise<number> =>
  (await fetch(url + path, { headers: { authorization: 'Bearer sk-master' } })).status

async function makeKey(url: string): Promise<string> {
  const answer = await fetch(`${url}/key/generate`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-master' },
    body: '{}',
  })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { key: string }).key
}

describe('a home that cannot be written', () => {
  test('serves calls, keys and the ledger from memory, and says that they go with it', async () => {
    chmodSync(home, 0o555)
    const gateway = await start([], true)
    expect(gateway.said()).toMatch(/data folder .* cannot be written \(E\w+\).*kept in memory only/)
    expect(gateway.said()).toMatch(/JETWAY_DATA_DIR/)
    expect(await ask(gateway.url)).toMatchObject({ status: 200 })
    const key = await makeKey(gateway.url)
    expect(await ask(gateway.url, 'gpt-4o', key)).toMatchObject({ status: 200 })
    const logs = await fetch(`${gateway.url}/spend/logs`, {
      headers: { authorization: 'Bearer sk-master' },
    })
    expect(((await logs.json()) as { logs: unknown[] }).logs).toHaveLength(2)
    expect(await status(gateway.url, '/health/readiness')).toBe(200)
    expect(await ended(gateway.child)).toBe(0)
    expect(existsSync(join(home, 'data'))).toBe(false)
  })

  test('uses a sign-in that lies there, though it cannot keep the token it was exchanged for', async () => {
    mkdirSync(join(home, 'tokens'))
    const file = join(home, 'tokens/access-token')
    writeFileSync(file, environment['COPILOT_OAUTH_TOKEN'] ?? '')
    if (isRoot) chownSync(file, NOBODY, NOBODY)
    environment['COPILOT_OAUTH_TOKEN'] = ''
    chmodSync(join(home, 'tokens'), 0o555)
    chmodSync(home, 0o555)
    const gateway = await start([], true)
    expect(await ask(gateway.url)).toMatchObject({ status: 200 })
    expect(await ask(gateway.url)).toMatchObject({ status: 200 })
    expect(emulator.control.counters.read().exchanges).toBe(1)
    expect(existsSync(join(home, 'tokens/api-key.json'))).toBe(false)
  })
})

describe('GitHub is down', () => {
  test('at the start: the gateway lives, says so to each call, and serves as soon as GitHub is back', async () => {
    emulator.control.faults.add({
      on: { route: 'exchange' },
      do: { kind: 'reply', status: 503, body: 'Unicorn!' },
    })
    const gateway = await start()
    expect(await status(gateway.url, '/health/liveliness')).toBe(200)
    expect(await status(gateway.url, '/health/readiness')).toBe(200)
    expect(await status(gateway.url, '/key/list')).toBe(200)
    const refused = await ask(gateway.url)
    expect(refused.status).toBeGreaterThanOrEqual(500)
    expect(refused.text).toMatch(/GitHub/)
    emulator.control.faults.clear()
    await expect.poll(async () => (await ask(gateway.url)).status, { timeout: 30_000 }).toBe(200)
  })

  test('where nobody answers at all, what is wrong is named, and other providers are served', async () => {
    const other: Server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(
        '{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"from elsewhere"},"finish_reason":"stop"}]}',
      )
    })
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve)
    })
    const config = join(home, 'config.yaml')
    writeFileSync(
      config,
      `model_list:\n  - model_name: local\n    litellm_params: {model: openai/m, api_base: "http://127.0.0.1:${(other.address() as AddressInfo).port}/v1", api_key: k}\n  - model_name: "*"\n    litellm_params: {model: "github_copilot/*"}\nrouter_settings: {num_retries: 0}\n`,
    )
    // No network: neither name is known anywhere (https://www.rfc-editor.org/rfc/rfc6761#section-6.4).
    environment['GITHUB_COPILOT_API_KEY_URL'] =
      'https://api.github.invalid/copilot_internal/v2/token'
    environment['GITHUB_COPILOT_API_BASE'] = 'https://api.copilot.invalid'
    try {
      const gateway = await start(['--config', config])
      expect(await status(gateway.url, '/health/liveliness')).toBe(200)
      const refused = await ask(gateway.url)
      expect(refused.status).toBeGreaterThanOrEqual(500)
      expect(refused.text).toMatch(/DNS|could not be resolved/)
      const answer = await ask(gateway.url, 'local')
      expect(answer.text).toContain('from elsewhere')
      expect(answer.status).toBe(200)
      expect(await status(gateway.url, '/metrics')).toBe(200)
      expect(await ended(gateway.child)).toBe(0)
    } finally {
      other.closeAllConnections()
      other.close()
    }
  })
})

describe('nobody is signed in', () => {
  test('the gateway starts and tells each call how', async () => {
    environment['COPILOT_OAUTH_TOKEN'] = ''
    const gateway = await start()
    const refused = await ask(gateway.url)
    expect(refused.status).toBe(401)
    expect(refused.text).toMatch(/jetway login/)
  })
})

describe.skipIf(!canMount())('a disk that is full', () => {
  test('from the start: calls are served, what cannot be kept is said, and kept when there is room', async () => {
    const data = join(home, 'data')
    mkdirSync(data, { mode: 0o700 })
    const disk = mountDisk(data)
    if (!disk) throw new Error('no disk could be mounted, though one could before')
    try {
      // The database is there from yesterday; today there is not a byte left.
      const yesterday = await start()
      expect(await ask(yesterday.url)).toMatchObject({ status: 200 })
      expect(await ended(yesterday.child)).toBe(0)
      disk.fill()

      const gateway = await start()
      expect(await ask(gateway.url)).toMatchObject({ status: 200 })
      expect(await ask(gateway.url)).toMatchObject({ status: 200 })
      expect(await status(gateway.url, '/health/liveliness')).toBe(200)
      await expect
        .poll(() => gateway.said(), { timeout: 15_000 })
        .toMatch(/could not be written|disk|full/i)
      disk.free()
      expect(await ask(gateway.url)).toMatchObject({ status: 200 })
      await expect
        .poll(
          async () => {
            const logs = await fetch(`${gateway.url}/spend/logs`, {
              headers: { authorization: 'Bearer sk-master' },
            })
            return ((await logs.json()) as { logs?: unknown[] }).logs?.length
          },
          { timeout: 40_000 },
        )
        .toBe(4)
      expect(await ended(gateway.child)).toBe(0)
    } finally {
      disk.unmount()
    }
  })

  test('with no database yet: calls are served all the same, and why nothing is kept is said', async () => {
    const data = join(home, 'data')
    mkdirSync(data, { mode: 0o700 })
    const disk = mountDisk(data)
    if (!disk) throw new Error('no disk could be mounted, though one could before')
    try {
      disk.fill()
      const gateway = await start()
      expect(await ask(gateway.url)).toMatchObject({ status: 200 })
      expect(await status(gateway.url, '/health/liveliness')).toBe(200)
      await expect
        .poll(() => gateway.said(), { timeout: 15_000 })
        .toMatch(/full|could not be written|cannot be/i)
    } finally {
      disk.unmount()
    }
  })

  test('that may only be read is a home that cannot be written', async () => {
    const data = join(home, 'data')
    mkdirSync(data, { mode: 0o700 })
    const disk = mountDisk(data)
    try {
      expect(disk?.readOnly()).toBe(true)
      const gateway = await start()
      expect(gateway.said()).toMatch(/cannot be written \(EROFS\)/)
      expect(await ask(gateway.url)).toMatchObject({ status: 200 })
    } finally {
      disk?.unmount()
    }
  })
})
