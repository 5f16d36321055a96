import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator } from '../emulator/index.ts'
import type { Emulator } from '../emulator/index.ts'
import { buildCommand } from './__fixtures__/command.ts'
import type { BuiltCommand } from './__fixtures__/command.ts'

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
  home = mkdtempSync(join(tmpdir(), 'jetway-cli-'))
  environment = {
    HOME: home,
    GITHUB_COPILOT_TOKEN_DIR: '~/tokens',
    GITHUB_COPILOT_DEVICE_CODE_URL: `${emulator.url}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${emulator.url}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
  }
  return () => {
    rmSync(home, { recursive: true, force: true })
  }
})

function signedIn(): Record<string, string> {
  return { ...environment, COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value }
}

describe('a session from sign-in to sign-out', () => {
  test('login, status, models, usage, chat, logout', async () => {
    const before = await jetway.run(['status'], { environment })
    expect(before.code).toBe(3)
    expect(before.stderr).toContain('jetway login')

    const login = await jetway.run(['login'], { environment })
    expect(login.stderr).toMatch(
      /^Please visit http:\S+\/login\/device and enter code [\w-]+ to authenticate\.$/m,
    )
    expect(login.stderr).toContain('Signed in as octo, plan individual')
    expect([login.code, login.stdout]).toEqual([0, ''])
    const file = join(home, 'tokens/access-token')
    expect(readFileSync(file, 'utf8')).toMatch(/^ghu_\w+$/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(home, 'tokens')).mode & 0o777).toBe(0o700)

    const status = await jetway.run(['status', '--json'], { environment })
    expect(status.code).toBe(0)
    expect(JSON.parse(status.stdout)).toMatchObject({
      signed_in: true,
      login: 'octo',
      source: 'stored sign-in',
      credential: 'ghu',
      expires_at: expect.stringMatching(/^\d{4}-/) as string,
    })
    expect(status.stdout).not.toContain(readFileSync(file, 'utf8'))

    const models = await jetway.run(['models'], { environment })
    expect(models.stdout).toMatch(/^MODEL +VENDOR/)
    expect(models.stdout).toMatch(/^claude-haiku-4\.5 +Anthropic .*messages/m)

    const usage = await jetway.run(['usage'], { environment })
    expect(usage.stdout).toMatch(/^premium_interactions +\S+ \(.* %\)/m)
    expect(usage.stderr).toContain('octo')

    const chat = await jetway.run(['chat', 'say: hello there'], { environment })
    expect(chat).toMatchObject({ code: 0, stdout: 'hello there\n', stderr: '' })

    const logout = await jetway.run(['logout'], { environment })
    expect([logout.code, logout.stdout]).toEqual([0, ''])
    expect(readdirSync(join(home, 'tokens'))).not.toContain('access-token')
    expect((await jetway.run(['status'], { environment })).code).toBe(3)
    expect((await jetway.run(['logout', '--json'], { environment })).stdout).toBe(
      '{"removed":[],"signed_in":false}\n',
    )
  })

  test('a token that has run out is renewed between two commands', async () => {
    await jetway.run(['login'], { environment })
    await jetway.run(['chat', 'say: one'], { environment })
    emulator.control.tokens.expireAll()
    const second = await jetway.run(['chat', 'say: two'], { environment })
    expect(second).toMatchObject({ code: 0, stdout: 'two\n' })
  })
})

describe('login', () => {
  test('for a program: one event a line', async () => {
    const { code, stdout, stderr } = await jetway.run(['login', '--json'], { environment })
    expect([code, stderr]).toEqual([0, ''])
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(events).toMatchObject([
      {
        event: 'code',
        verification_uri: `${emulator.url}/login/device`,
        user_code: expect.stringMatching(/^[\w-]+$/) as string,
        expires_at: expect.stringMatching(/^\d{4}-/) as string,
      },
      { event: 'signed_in', login: 'octo', file: join(home, 'tokens/access-token') },
    ])
  })

  test('Ctrl-C ends it with 130 and leaves nothing behind', async () => {
    emulator.control.settings.set({ autoApproveAfterPolls: 0 })
    const running = jetway.start(['login'], { environment })
    await running.waitFor('stderr', /Please visit/)
    const { code, stdout } = await running.stop('SIGINT')
    expect([code, stdout]).toEqual([130, ''])
    expect(readdirSync(home)).toEqual([])
  })

  test('a person who refuses', async () => {
    emulator.control.settings.set({ autoApproveAfterPolls: 0 })
    const running = jetway.start(['login'], { environment })
    const [, userCode = ''] = await running.waitFor('stderr', /enter code ([\w-]+)/)
    emulator.control.device.deny({ userCode })
    const { code, stderr } = await running.ended
    expect(code).toBe(3)
    expect(stderr).toContain('error:')
    expect(readdirSync(home)).toEqual([])
  })

  test('GitHub cannot be reached', async () => {
    const { code, stderr } = await jetway.run(['login'], {
      environment: {
        ...environment,
        GITHUB_COPILOT_DEVICE_CODE_URL: 'http://127.0.0.1:1/login/device/code',
      },
    })
    expect(code).toBe(5)
    expect(stderr).toContain('error:')
  })
})

describe('chat', () => {
  test('reads a pipe, alone or behind a prompt', async () => {
    const alone = await jetway.run(['chat'], { environment: signedIn(), input: 'say: piped' })
    expect(alone.stdout).toBe('piped\n')
    await jetway.run(['chat', '-m', 'gpt-4.1', '-s', 'Be brief.', 'Review', 'this'], {
      environment: signedIn(),
      input: 'the diff\n',
    })
    const [request] = emulator.control.requests.list({ route: 'chat', model: 'gpt-4.1' })
    expect(request?.body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Review this\n\nthe diff' },
      ],
    })
  })

  test('as one object', async () => {
    const { stdout } = await jetway.run(['chat', '--json', 'say: hi'], { environment: signedIn() })
    expect(JSON.parse(stdout)).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: 'hi' } }],
    })
  })

  test('Ctrl-C ends the request upstream', async () => {
    emulator.control.settings.set({ pace: 20 })
    const running = jetway.start(['chat', 'Explain rivers in 500 words'], {
      environment: signedIn(),
    })
    running.child.stdin?.end()
    await running.waitFor('stdout', /\w/)
    const { code } = await running.stop('SIGINT')
    expect(code).toBe(130)
    const [request] = await emulator.control.requests.waitFor({ filter: { route: 'chat' } })
    expect(request?.outcome).toBe('aborted')
  })
})

describe('exit codes say what is wrong', () => {
  test('3: nobody is signed in', async () => {
    const { code, stdout, stderr } = await jetway.run(['models', '--json'], { environment })
    expect([code, stdout]).toEqual([3, ''])
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'not_signed_in' }, exit_code: 3 })
  })

  test('4: a setting that cannot work', async () => {
    const { code, stderr } = await jetway.run(['models'], {
      environment: { ...signedIn(), GITHUB_COPILOT_API_BASE: 'http://example.test' },
    })
    expect(code).toBe(4)
    expect(stderr).toContain('GITHUB_COPILOT_API_BASE')
  })

  test('5: the upstream cannot be reached', async () => {
    const { code } = await jetway.run(['models'], {
      environment: {
        ...signedIn(),
        GITHUB_COPILOT_API_KEY_URL: 'http://127.0.0.1:1/copilot_internal/v2/token',
      },
    })
    expect(code).toBe(5)
  })

  test('6: the quota is used up', async () => {
    emulator.control.faults.add({
      on: { route: 'chat' },
      do: { kind: 'error', name: 'quota_exceeded' },
    })
    const { code, stdout } = await jetway.run(['chat', 'hi'], { environment: signedIn() })
    expect([code, stdout]).toEqual([6, ''])
  })
})

test('the emulator alone: what it prints makes the other commands use it', async () => {
  const running = jetway.start(['emulator', '--json'])
  const [line] = await running.waitFor('stdout', /^\{.*\}$/m)
  const { url, environment: variables } = JSON.parse(line) as {
    readonly url: string
    readonly environment: Record<string, string>
  }
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const { stdout } = await jetway.run(['chat', 'say: from the emulator'], {
    environment: { ...variables, HOME: home, GITHUB_COPILOT_TOKEN_DIR: join(home, 'tokens') },
  })
  expect(stdout).toBe('from the emulator\n')
  expect((await running.stop('SIGTERM')).code).toBe(0)
})
