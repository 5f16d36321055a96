import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { createEmulator, type Emulator } from '../../src/emulator/index.ts'
import { openStore } from '../../src/store/index.ts'
import { environmentFor } from '../support/gateway-process.ts'
import { root } from '../support/require.ts'
import { run } from '../support/run.ts'

/** A set-up is broken, doctor finds it, its mend is done as it stands there, and doctor finds nothing more. */
let emulator: Emulator
let home: string
let environment: Record<string, string>
const servers: Server[] = []

beforeAll(async () => {
  emulator = await createEmulator()
})
afterAll(() => emulator.close())
beforeEach(() => {
  emulator.control.state.reset()
  home = mkdtempSync(join(tmpdir(), 'jetway-patient-'))
  environment = {
    ...environmentFor(emulator.url, home),
    JETWAY_PORT: '1',
    COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
  }
})
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(home, { recursive: true, force: true })
})

interface Finding {
  readonly check: string
  readonly state: 'good' | 'warning' | 'problem' | 'unknown'
  readonly detail: string
  readonly mend?: string
}

const jetway = (...words: string[]) =>
  run(process.execPath, [join(root, 'dist', 'jetway.js'), ...words], { env: environment })

async function examine(): Promise<{
  readonly code: number | null
  readonly findings: readonly Finding[]
}> {
  const { code, stdout } = await jetway('doctor', '--json')
  return { code, findings: (JSON.parse(stdout) as { findings: Finding[] }).findings }
}

/** What is not well; each has to say what to do. */
async function complaints(): Promise<readonly Finding[]> {
  const { findings } = await examine()
  const found = findings.filter(({ state }) => state === 'problem' || state === 'warning')
  expect(found.filter(({ mend }) => mend === undefined || mend.trim() === '')).toEqual([])
  return found
}

async function only(check: string): Promise<Finding> {
  const found = await complaints()
  expect([...new Set(found.map((finding) => finding.check))]).toEqual([check])
  return found[0] as Finding
}

async function listen(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a set-up that is well has nothing to mend', async () => {
  expect(await complaints()).toEqual([])
})

describe('the mend is done, and it is well', () => {
  test('file modes: the very line', async () => {
    const data = join(home, 'data')
    mkdirSync(data)
    chmodSync(data, 0o755)
    writeFileSync(join(data, 'seal.key'), 'x')
    chmodSync(join(data, 'seal.key'), 0o644)
    const { detail, mend = '' } = await only('file modes')
    expect(detail).toContain('seal.key')
    execFileSync('/bin/sh', ['-c', mend])
    expect(await complaints()).toEqual([])
  })

  test('client settings that point elsewhere: the very command', async () => {
    mkdirSync(join(home, '.claude'))
    const file = join(home, '.claude/settings.json')
    writeFileSync(file, '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:9"}}')
    const { detail, mend = '' } = await only('clients')
    expect(detail).toContain('http://127.0.0.1:9')
    expect(mend).toBe('jetway setup claude')
    await jetway(...mend.split(' ').slice(1), '--yes')
    expect(readFileSync(file, 'utf8')).toContain('127.0.0.1:1')
    expect(await complaints()).toEqual([])
  })

  test('the port is taken: the option it names', async () => {
    const url = await listen(createServer((_request, response) => response.end('not a gateway')))
    environment['JETWAY_PORT'] = new URL(url).port
    const { mend = '' } = await only('port')
    const [, port = ''] = /--port (\d+)/.exec(mend) ?? []
    environment['JETWAY_PORT'] = port
    expect((await complaints()).filter(({ check }) => check !== 'port')).toEqual([])
  })

  test('NO_PROXY does not name this machine: the very setting', async () => {
    environment['HTTPS_PROXY'] = emulator.url
    const { mend = '' } = await only('proxy')
    const [, value = ''] = /^set NO_PROXY=(\S+)$/.exec(mend) ?? []
    environment['NO_PROXY'] = value
    expect(await complaints()).toEqual([])
  })

  test('the proxy is not there: unset', async () => {
    environment['HTTPS_PROXY'] = 'http://127.0.0.1:1'
    environment['NO_PROXY'] = 'localhost,127.0.0.1'
    expect((await only('proxy')).mend).toMatch(/HTTPS_PROXY/)
    expect((await examine()).code).toBe(5)
    environment['HTTPS_PROXY'] = ''
    expect(await complaints()).toEqual([])
  })

  test('the proxy is no address: nothing else falls over it', async () => {
    environment['HTTPS_PROXY'] = 'ftp://proxy'
    const { detail, mend } = await only('proxy')
    expect(detail).toMatch(/HTTPS_PROXY is no address of a proxy/)
    expect(mend).toMatch(/socks5:\/\/host:port/)
  })

  test('a file of certificates that is not there: unset', async () => {
    environment['NODE_EXTRA_CA_CERTS'] = join(home, 'none.pem')
    expect((await only('proxy')).mend).toMatch(/PEM/)
    environment['NODE_EXTRA_CA_CERTS'] = ''
    expect(await complaints()).toEqual([])
  })

  test('nobody is signed in: a token', async () => {
    const token = environment['COPILOT_OAUTH_TOKEN'] ?? ''
    environment['COPILOT_OAUTH_TOKEN'] = ''
    expect((await only('sign-in')).mend).toBe('run `jetway login`')
    expect((await examine()).code).toBe(3)
    environment['COPILOT_OAUTH_TOKEN'] = token
    expect(await complaints()).toEqual([])
  })

  test('a client ran wild: the very command', async () => {
    const location = join(home, 'data/jetway.db')
    const store = await openStore({ location, clock: systemClock, log: silentLog })
    await store.stops.put({
      scope: 'seat:own',
      seat: 'own',
      reason: 'repeats',
      detail: 'the same request came 500 times',
      atMs: Date.now(),
    })
    await store.close()
    const { detail, mend = '' } = await only('stops')
    expect(detail).toMatch(/seat:own is stopped since .*500 times/)
    const [, command = ''] = /then: jetway (.*)$/.exec(mend) ?? []
    expect((await jetway(...command.split(' '))).code).toBe(0)
    expect(await complaints()).toEqual([])
  })

  test('a setting that is wrong: its line', async () => {
    mkdirSync(join(home, '.config/jetway'), { recursive: true })
    const file = join(home, '.config/jetway/config.yaml')
    writeFileSync(file, 'jetway:\n  port: many\n')
    const found = await complaints()
    expect(found[0]).toMatchObject({ check: 'configuration', mend: 'mend that line' })
    expect(found[0]?.detail).toMatch(/config\.yaml:2:9/)
    expect((await examine()).code).toBe(4)
    writeFileSync(file, 'jetway:\n  port: 1\n')
    expect(await complaints()).toEqual([])
  })
})

describe('what only others can mend is named with whom to ask', () => {
  test('the clock is off', async () => {
    const anHourAgo = new Date(Date.now() - 3_600_000).toUTCString()
    const late = await listen(
      createServer((_request, response) => {
        response.setHeader('date', anHourAgo)
        response.end('{}')
      }),
    )
    // Where the time is asked for; sign-in itself stays with the emulator.
    environment['GITHUB_COPILOT_API_KEY_URL'] = `${late}/copilot_internal/v2/token`
    environment['COPILOT_API_KEY'] = 'tid=x;exp=9999999999'
    const clock = (await examine()).findings.find(({ check }) => check === 'clock')
    expect(clock).toMatchObject({
      state: 'problem',
      detail: expect.stringMatching(/^this machine is 3[56]\d\d s ahead of the server$/) as string,
      mend: 'let the system keep its time: timedatectl set-ntp true',
    })
  })

  test('a model’s policy is not accepted', async () => {
    const model = 'gpt-4.1'
    const { login } = emulator.control.accounts.put({
      login: 'cautious',
      policies: { [model]: 'unconfigured' },
    })
    environment['COPILOT_OAUTH_TOKEN'] = emulator.control.tokens.issue({ login }).value
    const found = await complaints()
    expect(found).toMatchObject([
      {
        check: 'policy',
        detail: expect.stringContaining(model) as string,
        mend: expect.stringContaining('accept_policies: true') as string,
      },
    ])
  })

  test('the account has no seat', async () => {
    const { login } = emulator.control.accounts.put({ login: 'nobody', entitled: false })
    environment['COPILOT_OAUTH_TOKEN'] = emulator.control.tokens.issue({ login }).value
    const found = await complaints()
    expect(found.map(({ check }) => check)).toContain('seat')
    expect(found[0]?.mend).toMatch(/github\.com\/settings\/copilot/)
    expect((await examine()).code).toBe(3)
  })

  test('the network is away', async () => {
    environment['GITHUB_COPILOT_API_BASE'] = 'https://api.copilot.invalid'
    const found = await complaints()
    const network = found.find(({ check }) => check === 'copilot api')
    expect(network?.detail).toMatch(/DNS/)
    expect(network?.mend).toMatch(/HTTPS_PROXY/)
  })
})
