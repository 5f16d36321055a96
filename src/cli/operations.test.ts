import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator } from '../emulator/index.ts'
import type { Emulator } from '../emulator/index.ts'
import { buildCommand } from './__fixtures__/command.ts'
import type { BuiltCommand, Running } from './__fixtures__/command.ts'
import { launchdAgent, systemdUnit } from './service/unit.ts'
import { parseMetrics, sumOf } from './top/metrics-text.ts'

let jetway: BuiltCommand
let emulator: Emulator
let home: string
let environment: Record<string, string>

beforeAll(async () => {
  jetway = await buildCommand()
  emulator = await createEmulator()
})
afterAll(async () => {
  jetway[Symbol.dispose]()
  await emulator.close()
})
beforeEach(() => {
  emulator.control.state.reset()
  emulator.control.settings.set({ deviceInterval: 1, autoApproveAfterPolls: 1 })
  home = mkdtempSync(join(tmpdir(), 'jetway-operations-'))
  environment = {
    HOME: home,
    PATH: join(home, 'bin'),
    XDG_CONFIG_HOME: join(home, '.config'),
    JETWAY_DATA_DIR: join(home, 'data'),
    JETWAY_DISCOVERY: 'off',
    JETWAY_MASTER_KEY: 'sk-master',
    GITHUB_COPILOT_TOKEN_DIR: home,
    GITHUB_COPILOT_DEVICE_CODE_URL: `${emulator.url}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${emulator.url}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
  }
  return () => {
    rmSync(home, { recursive: true, force: true })
  }
})

async function startGateway(): Promise<[Running, url: string, port: string]> {
  const running = jetway.start(['start', '--port', '0'], { environment })
  const [, url = '', port = ''] = await running.waitFor('stdout', /(http:\S+:(\d+))$/m)
  return [running, url, port]
}

function ask(url: string, key: string): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'say: hi' }] }),
  })
}

describe('a seat connected from the command', () => {
  test('the person signs in once; their key then works, on their seat', async () => {
    const [running, url, port] = await startGateway()
    const made = await jetway.run(['keys', 'create', '--user', 'ada', '--quiet'], { environment })
    const key = made.stdout.trim()
    expect((await ask(url, key)).status).not.toBe(200)

    const person = { HOME: home, JETWAY_API_KEY: key }
    const login = await jetway.run(['login', '--gateway', `${url}/v1`], { environment: person })
    expect(login.stderr).toMatch(/^Please visit http:\S+\/login\/device and enter code \S+ to/m)
    expect(login.stderr).toContain(`Connected octo, plan individual to ${url}`)
    expect([login.code, login.stdout]).toEqual([0, ''])
    expect(existsSync(join(home, 'access-token'))).toBe(false)
    expect((await ask(url, key)).status).toBe(200)

    const piped = await jetway.run(['login', '--gateway', url, '--json'], {
      environment: { HOME: home },
      input: `${key}\n`,
    })
    expect(
      piped.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([{ event: 'code' }, { event: 'connected', login: 'octo', gateway: url }])

    const top = await jetway.run(['top', '--once', '--json', '--port', port], { environment })
    expect(JSON.parse(top.stdout)).toMatchObject({
      url: `http://127.0.0.1:${port}`,
      in_flight: 0,
      today: { calls: 2, failed: 1 },
      recent: [{ model: 'gpt-4o', outcome: 'ok' }, { status: expect.any(Number) as number }],
    })
    const text = await jetway.run(['top', '--once', '--gateway', url], { environment: person })
    expect(text.stdout).toMatch(/^in flight 0 {3}calls 2 /m)
    expect(text.stdout).toMatch(/gpt-4o/)
    expect((await running.stop('SIGTERM')).code).toBe(0)
  })

  test.each([
    [['login', '--gateway', 'http://127.0.0.1:1'], '', 2, 'your key at that gateway is needed'],
    [['login', '--gateway', 'http://127.0.0.1:1'], 'sk-x', 5, 'connection refused'],
    [['login', '--gateway', 'http://user:pass@x'], 'sk-x', 2, 'must hold no password'],
    [['top', '--once', '--port', '1'], '', 5, 'no gateway answers at http://127.0.0.1:1'],
    [['top', '--interval', '0'], '', 2, "'--interval' must be"],
  ])('%j', async (words, input, code, says) => {
    const ran = await jetway.run(words, { environment, input })
    expect(ran.stderr).toContain(says)
    expect([ran.code, ran.stdout]).toEqual([code, ''])
  })
})

describe('db', () => {
  test('a copy, an export, an import, a move: the keys are there each time', async () => {
    const made = await jetway.run(['keys', 'create', '--alias', 'kept', '--user', 'ada'], {
      environment,
    })
    const file = (name: string): string => join(home, name)
    const names = async (folder: string): Promise<unknown> => {
      const ran = await jetway.run(['keys', 'list', '--json'], {
        environment: { ...environment, JETWAY_DATA_DIR: folder },
      })
      const { keys } = JSON.parse(ran.stdout) as { keys: readonly Record<string, unknown>[] }
      return keys.map((key) => key['key_alias'])
    }
    for (const act of ['backup', 'export']) {
      const ran = await jetway.run(['db', act, file('copy/jetway.db')], { environment })
      expect([ran.code, ran.stderr]).toEqual([
        1,
        `error: ${file('copy/jetway.db')}: there is no folder ${file('copy')}\n`,
      ])
    }
    mkdirSync(file('copy'))
    expect((await jetway.run(['db', 'backup', file('copy/jetway.db')], { environment })).code).toBe(
      0,
    )
    expect(await names(file('copy'))).toEqual(['kept'])
    const twice = await jetway.run(['db', 'backup', file('copy/jetway.db')], { environment })
    expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining('not overwritten')])

    const exported = await jetway.run(['db', 'export', file('all.jsonl'), '--json'], {
      environment,
    })
    expect(JSON.parse(exported.stdout)).toMatchObject({ file: file('all.jsonl') })
    expect(statSync(file('all.jsonl')).mode & 0o777).toBe(0o600)
    expect(readFileSync(file('all.jsonl'), 'utf8')).not.toContain(made.stdout.trim())
    const into = (folder: string) => ({ ...environment, JETWAY_DATA_DIR: file(folder) })
    const imported = await jetway.run(['db', 'import', file('all.jsonl'), '--json'], {
      environment: into('second'),
    })
    expect(JSON.parse(imported.stdout)).toMatchObject({ rows: { keys: 1, users: 1 } })
    expect(await names(file('second'))).toEqual(['kept'])
    const again = await jetway.run(['db', 'import', file('all.jsonl')], {
      environment: into('second'),
    })
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('holds data already')])

    const moved = await jetway.run(['db', 'migrate', '--from', file('data/jetway.db')], {
      environment: into('third'),
    })
    expect(moved.code).toBe(0)
    expect(await names(file('third'))).toEqual(['kept'])
    const current = await jetway.run(['db', 'migrate', '--json'], { environment: into('third') })
    expect(JSON.parse(current.stdout)).toMatchObject({ steps: [] })
  })

  test.each([
    ['db', 'migrate'],
    ['keys', 'list'],
    ['usage'],
    ['start', '--port', '0'],
    ['start', '--port', '0', '--workers', '2'],
    ['config', 'check', 'config.yaml'],
  ])('a database of another kind is refused, not made a file of: %s', async (...words) => {
    const folder = join(home, 'empty')
    mkdirSync(folder)
    writeFileSync(join(folder, 'config.yaml'), '{}')
    const ran = await jetway.run(words, {
      environment: { ...environment, DATABASE_URL: 'mysql://me:hidden@db/jetway' },
      folder,
    })
    expect(ran.code).toBe(4)
    expect(ran.stdout + ran.stderr).toContain('DATABASE_URL must be postgres://')
    expect(ran.stdout + ran.stderr).not.toContain('hidden')
    expect(readdirSync(folder)).toEqual(['config.yaml'])
  })

  test('file: is the path behind it', async () => {
    const made = { ...environment, DATABASE_URL: `file://${join(home, 'by-url.db')}` }
    expect((await jetway.run(['keys', 'create', '--alias', 'x'], { environment: made })).code).toBe(
      0,
    )
    expect(existsSync(join(home, 'by-url.db'))).toBe(true)
  })

  test('a server that is away is named without its password', async () => {
    const ran = await jetway.run(['db', 'migrate'], {
      environment: { ...environment, DATABASE_URL: 'postgres://me:hidden@127.0.0.1:1/jetway' },
    })
    expect(ran.code).not.toBe(0)
    expect(ran.stderr).toContain('postgres://127.0.0.1:1/jetway')
    expect(ran.stderr).not.toContain('hidden')
    for (const from of ['postgres://x', 'postgresql+asyncpg://me:hidden@x/y']) {
      const ran = await jetway.run(['db', 'migrate', '--from', from], { environment })
      expect(ran.code).toBe(2)
      expect(ran.stderr).not.toContain('hidden')
    }
  })
})

const systemd = process.platform === 'linux' ? undefined : 'there is no systemd here'
describe.skipIf(systemd)(`service (${systemd ?? 'Linux'})`, () => {
  const unit = (): string => join(home, '.config/systemd/user/jetway.service')

  test('shows, writes, starts, stops, removes', async () => {
    mkdirSync(join(home, 'bin'))
    writeFileSync(join(home, 'bin/systemctl'), `#!/bin/sh\necho "$@" >> '${home}/systemctl.log'\n`)
    chmodSync(join(home, 'bin/systemctl'), 0o755)
    const asked = await jetway.run(['service', 'install'], { environment })
    expect(asked.code).toBe(2)
    expect(asked.stdout).toContain('[Service]')
    expect(existsSync(unit())).toBe(false)

    const words = ['service', 'install', '--port', '4001', '--yes']
    expect((await jetway.run(words, { environment })).code).toBe(0)
    expect(readFileSync(unit(), 'utf8')).toMatch(
      /^ExecStart=\S+node \S+jetway\.mjs start --port 4001$/m,
    )
    const removed = await jetway.run(['service', 'uninstall', '--yes'], { environment })
    expect(removed.code).toBe(0)
    expect(existsSync(unit())).toBe(false)
    expect(readFileSync(join(home, 'systemctl.log'), 'utf8')).toBe(
      '--user daemon-reload\n--user enable --now jetway.service\n--user disable --now jetway.service\n',
    )
    const none = await jetway.run(['service', 'uninstall'], { environment })
    expect([none.code, none.stderr]).toEqual([0, expect.stringContaining('There is no service')])
  })

  test('where there is no systemctl it says what to run', async () => {
    const ran = await jetway.run(['service', 'install', '--yes'], { environment })
    expect(ran.code).toBe(0)
    expect(existsSync(unit())).toBe(true)
    expect(ran.stderr).toContain('there is no systemctl here')
    expect(ran.stderr).toContain('systemctl --user enable --now jetway.service')
  })
})

test('service files quote what is special to their readers', () => {
  const start = {
    line: ['/opt/my node', '/a%b/$c.js', 'start'],
    environmentFile: '/e',
    logFile: '/l & l',
  }
  expect(systemdUnit('/u', start).text).toContain('ExecStart="/opt/my node" /a%%b/$$c.js start\n')
  expect(launchdAgent('/u', start).text).toContain('<string>/l &amp; l</string>')
})

test('a page of metrics', () => {
  const samples = parseMetrics(
    '# HELP calls_total Calls\n# TYPE calls_total counter\ncalls_total{model="a\\"b",outcome="ok"} 3\ncalls_total{model="c",outcome="failed"} 1 1700000000\nup 1\n',
  )
  expect(samples).toHaveLength(3)
  expect(samples[0]?.labels).toEqual({ model: 'a"b', outcome: 'ok' })
  expect(sumOf(samples, 'calls_total')).toBe(4)
  expect(sumOf(samples, 'calls_total', { outcome: 'ok' })).toBe(3)
  expect(sumOf(samples, 'none')).toBe(0)
})
