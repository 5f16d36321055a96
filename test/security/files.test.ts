import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../../src/emulator/index.ts'
import { ended, environmentFor, readyUrl } from '../support/gateway-process.ts'
import { root } from '../support/require.ts'
import { run } from '../support/run.ts'

const command = join(root, 'dist', 'jetway.js')
let emulator: Emulator
let home: string
let environment: Record<string, string>

beforeAll(async () => {
  emulator = await createEmulator()
})
afterAll(() => emulator.close())
beforeEach(() => {
  emulator.control.state.reset()
  home = mkdtempSync(join(tmpdir(), 'jetway-files-'))
  environment = environmentFor(emulator.url, home)
  return () => {
    rmSync(home, { recursive: true, force: true })
  }
})

const jetway = (...words: string[]) =>
  run(process.execPath, [command, ...words], { env: environment })

describe('a token file', () => {
  test('that is a link is not read, and what it points to is not written', async () => {
    const target = join(home, 'target')
    writeFileSync(target, emulator.control.tokens.issue().value, { mode: 0o600 })
    mkdirSync(join(home, 'tokens'))
    symlinkSync(target, join(home, 'tokens/access-token'))
    const status = await jetway('status', '--json')
    expect(status.code).toBe(3)
    expect(status.stdout + status.stderr).toMatch(/symbolic link/)
    expect(emulator.control.requests.list({ route: 'exchange' })).toEqual([])

    const before = readFileSync(target, 'utf8')
    await jetway('logout')
    expect(readFileSync(target, 'utf8')).toBe(before)
  })

  test('of the exchange that is a link is replaced, not followed', async () => {
    const target = join(home, 'precious')
    writeFileSync(target, 'precious')
    mkdirSync(join(home, 'tokens'), { mode: 0o700 })
    writeFileSync(join(home, 'tokens/access-token'), emulator.control.tokens.issue().value, {
      mode: 0o600,
    })
    symlinkSync(target, join(home, 'tokens/api-key.json'))
    await jetway('models')
    expect(readFileSync(target, 'utf8')).toBe('precious')
    const left = lstatSync(join(home, 'tokens/api-key.json'))
    if (!left.isSymbolicLink()) expect(left.mode & 0o777).toBe(0o600)
  })

  test.runIf(process.getuid?.() === 0)('of another user is not believed', async () => {
    mkdirSync(join(home, 'tokens'), { mode: 0o700 })
    const file = join(home, 'tokens/access-token')
    writeFileSync(file, emulator.control.tokens.issue().value, { mode: 0o644 })
    chownSync(file, 65_534, 65_534)
    const status = await jetway('status', '--json')
    expect(status.code).toBe(3)
    expect(status.stdout + status.stderr).toMatch(/another user/)
  })

  test('that others could read is closed before it is used', async () => {
    mkdirSync(join(home, 'tokens'), { mode: 0o755 })
    const file = join(home, 'tokens/access-token')
    writeFileSync(file, emulator.control.tokens.issue().value, { mode: 0o666 })
    expect((await jetway('models')).code).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})

describe('whatever is written', () => {
  test('is for its owner alone, also where the umask would open it to all', async () => {
    environment['COPILOT_OAUTH_TOKEN'] = ''
    mkdirSync(join(home, 'tokens'))
    writeFileSync(join(home, 'tokens/access-token'), emulator.control.tokens.issue().value)
    const gateway = spawn(
      '/bin/sh',
      ['-c', 'umask 000; exec "$0" "$@"', process.execPath, command, 'start', '--port', '0'],
      {
        cwd: home,
        env: { ...environment, JETWAY_MASTER_KEY: 'sk-master' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const url = await readyUrl(gateway, () => '')
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-master' },
      body: '{"model":"gpt-4o","messages":[{"role":"user","content":"say: hi"}]}',
    })
    expect(answer.status).toBe(200)
    await ended(gateway)
    const open = readdirSync(home, { recursive: true, encoding: 'utf8' })
      .map((name) => join(home, name))
      .filter((path) => path !== home)
      .filter((path) => (statSync(path).mode & 0o077) !== 0)
    // The home itself and the folders in it that were there before are the person's.
    expect(open.filter((path) => statSync(path).isFile())).toEqual([])
    expect(statSync(join(home, 'data')).mode & 0o777).toBe(0o700)
    expect(statSync(join(home, 'tokens')).mode & 0o777).toBe(0o700)
    expect(existsSync(join(home, 'data/jetway.db'))).toBe(true)
  })
})

test('doctor names what stands open', async () => {
  mkdirSync(join(home, 'data'), { mode: 0o755 })
  chmodSync(join(home, 'data'), 0o755)
  const { stdout } = await jetway('doctor', '--json')
  const { findings } = JSON.parse(stdout) as {
    findings: { check: string; state: string; mend?: string }[]
  }
  expect(findings.find(({ check }) => check === 'file modes')).toMatchObject({
    state: 'warning',
    mend: expect.stringContaining('chmod go=') as string,
  })
})
