import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator } from '../emulator/index.ts'
import type { Emulator } from '../emulator/index.ts'
import { buildCommand } from './__fixtures__/command.ts'
import { makeHome } from './__fixtures__/home.ts'
import type { BuiltCommand } from './__fixtures__/command.ts'
import { checkNode } from './doctor/machine-checks.ts'
import { checkClock } from './doctor/network-checks.ts'
import { checkProxy } from './doctor/proxy-checks.ts'

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
  const made = makeHome(emulator, { JETWAY_PORT: '1', GITHUB_COPILOT_API_BASE: emulator.url })
  ;({ folder: home, environment } = made)
  return () => {
    made.remove()
  }
})

interface Examined {
  readonly code: number | null
  readonly ok: boolean
  readonly findings: readonly {
    readonly check: string
    readonly state: string
    readonly detail: string
    readonly mend?: string
  }[]
}

async function examine(more: Record<string, string> = {}): Promise<Examined> {
  const ran = await jetway.run(['doctor', '--json'], { environment: { ...environment, ...more } })
  expect(ran.stderr).toBe('')
  return { code: ran.code, ...(JSON.parse(ran.stdout) as Omit<Examined, 'code'>) }
}

const of = (examined: Examined, check: string) =>
  examined.findings.filter((finding) => finding.check === check)

test('where all is well, every check says so', async () => {
  const examined = await examine()
  expect(examined).toMatchObject({ code: 0, ok: true })
  expect(examined.findings.map(({ check }) => check)).toEqual([
    'node',
    'sqlite',
    'data folder',
    'file modes',
    'configuration',
    'port',
    'store',
    'stops',
    'proxy',
    'github',
    'copilot api',
    'clock',
    'sign-in',
    'seat',
    'catalogue',
    'policy',
    'quota',
    'clients',
  ])
  expect(examined.findings.filter(({ state }) => state === 'problem')).toEqual([])
  const text = await jetway.run(['doctor'], { environment })
  expect(text.stdout).toMatch(/^ok {4}seat {11}plan individual/m)
})

describe('what is broken is found, with its mend', () => {
  test('nobody is signed in', async () => {
    const examined = await examine({ COPILOT_OAUTH_TOKEN: '' })
    expect(examined).toMatchObject({ code: 3, ok: false })
    expect(of(examined, 'sign-in')).toMatchObject([
      { state: 'problem', mend: 'run `jetway login`' },
    ])
    expect(of(examined, 'catalogue')).toMatchObject([{ state: 'unknown' }])
  })

  test('the account has no seat', async () => {
    const { value } = emulator.control.tokens.issue({ kind: 'gho', app: 'other' })
    const examined = await examine({ COPILOT_OAUTH_TOKEN: value })
    expect(examined.code).toBe(3)
    expect(examined.findings.filter(({ state }) => state === 'problem').length).toBeGreaterThan(0)
  })

  test('the network is away', async () => {
    const examined = await examine({ GITHUB_COPILOT_API_BASE: 'http://127.0.0.1:1' })
    expect(examined.code).toBe(5)
    expect(of(examined, 'copilot api')).toMatchObject([
      { state: 'problem', detail: expect.stringContaining('connection refused') as string },
    ])
  })

  test('a configuration with a mistake', async () => {
    mkdirSync(join(home, '.config/jetway'), { recursive: true })
    writeFileSync(join(home, '.config/jetway/config.yaml'), 'model_list: 7\n')
    const examined = await examine()
    expect(examined.code).toBe(4)
    expect(of(examined, 'configuration')[0]?.detail).toMatch(/config\.yaml:1:\d+/)
    expect(of(examined, 'port')).toMatchObject([{ state: 'unknown' }])
  })

  test('the port is taken, the data folder is none, files stand open, a client points elsewhere', async () => {
    const server = createServer((_, response) => response.end('something else'))
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    mkdirSync(join(home, 'tokens'), { mode: 0o700 })
    writeFileSync(join(home, 'tokens/access-token'), emulator.control.tokens.issue().value)
    chmodSync(join(home, 'tokens/access-token'), 0o644)
    mkdirSync(join(home, '.claude'))
    writeFileSync(
      join(home, '.claude/settings.json'),
      '{"env": {"ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}}',
    )
    const { port } = server.address() as AddressInfo
    const examined = await examine({
      JETWAY_PORT: String(port),
      JETWAY_DATA_DIR: join(home, 'tokens/access-token/data'),
      COPILOT_OAUTH_TOKEN: '',
    })
    server.close()
    expect(examined.code).toBe(1)
    expect(of(examined, 'port')).toMatchObject([
      { state: 'problem', mend: expect.stringContaining('--port') as string },
    ])
    expect(of(examined, 'data folder')).toMatchObject([{ state: 'problem' }])
    expect(of(examined, 'file modes')).toMatchObject([
      { state: 'warning', mend: `chmod go= ${join(home, 'tokens/access-token')}` },
    ])
    expect(of(examined, 'clients')).toMatchObject([{ mend: 'jetway setup claude' }])
  })
})

test.each([
  ['20.18.3', 'problem'],
  ['20.19.0', 'good'],
  ['24.1.0', 'good'],
  ['18.20.0', 'problem'],
])('Node.js %s: %s', (version, state) => {
  expect(checkNode(version).state).toBe(state)
})

const NOON = 'Sat, 21 Nov 2026 12:00:00 GMT'
test.each([
  [NOON, 0, 'good'],
  [NOON, 100, 'warning'],
  [NOON, -400, 'problem'],
  [undefined, 0, 'unknown'],
  ['soon', 0, 'unknown'],
])('a clock: %s, %d s apart: %s', (date, seconds, state) => {
  expect(checkClock(date, Date.parse(NOON) + seconds * 1000).state).toBe(state)
})

test.each([
  [{}, 'good'],
  [{ HTTPS_PROXY: 'http://LISTENING', NO_PROXY: 'localhost' }, 'good'],
  [{ HTTPS_PROXY: 'http://LISTENING' }, 'warning'],
  [{ ALL_PROXY: 'socks5://name:password@LISTENING', NO_PROXY: '*' }, 'good'],
  [{ HTTPS_PROXY: 'http://127.0.0.1:1' }, 'problem'],
  [{ https_proxy: 'ftp://proxy' }, 'problem'],
  [{ NODE_EXTRA_CA_CERTS: '/none.pem' }, 'problem'],
  [{ NODE_EXTRA_CA_CERTS: '/etc/hostname' }, 'problem'],
])('a proxy: %j: %s', async (environment, state) => {
  const address = new URL(emulator.url).host
  const text = JSON.stringify(environment).replaceAll('LISTENING', address)
  const finding = await checkProxy({
    environment: JSON.parse(text) as Record<string, string>,
    signal: new AbortController().signal,
    version: '0',
    local: undefined,
  })
  expect(finding.state).toBe(state)
  expect(JSON.stringify(finding)).not.toContain('password@')
  if (state !== 'good') expect(finding.mend).toMatch(/\S/)
})
