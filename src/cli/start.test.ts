import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator } from '../emulator/index.ts'
import type { Emulator } from '../emulator/index.ts'
import { buildCommand } from './__fixtures__/command.ts'
import type { BuiltCommand, Running } from './__fixtures__/command.ts'

let jetway: BuiltCommand
let emulator: Emulator
let folder: string
let unsigned: Record<string, string>
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
  folder = mkdtempSync(join(tmpdir(), 'jetway-start-'))
  unsigned = {
    HOME: folder,
    JETWAY_DATA_DIR: folder,
    GITHUB_COPILOT_TOKEN_DIR: folder,
    GITHUB_COPILOT_DEVICE_CODE_URL: `${emulator.url}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${emulator.url}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
  }
  environment = { ...unsigned, COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value }
  return () => {
    rmSync(folder, { recursive: true, force: true })
  }
})

async function listening(running: Running): Promise<string> {
  const [, url = ''] = await running.waitFor('stdout', /^Jetway listening on (http:\S+)$/m)
  return url
}

function ask(
  url: string,
  content: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] }),
  })
}

async function textOf(response: Response): Promise<unknown> {
  const answer = (await response.json()) as {
    readonly choices?: readonly { readonly message: { readonly content: unknown } }[]
  }
  return answer.choices?.[0]?.message.content ?? answer
}

describe('start', () => {
  test('alone, it is the gateway; SIGTERM ends it well', async () => {
    const running = jetway.start(['--port', '0'], { environment })
    const url = await listening(running)
    expect(await textOf(await ask(url, 'say: hello'))).toBe('hello')
    const { code, stdout } = await running.stop('SIGTERM')
    expect([code, stdout]).toEqual([0, `Jetway listening on ${url}\n`])
  })

  test('a call under way finishes after SIGTERM', async () => {
    emulator.control.settings.set({ pace: 60 })
    const running = jetway.start(['start', '--port', '0'], { environment })
    const url = await listening(running)
    const answering = ask(url, 'Write 40 words')
    await emulator.control.requests.waitFor({ filter: { route: 'models' } })
    const ended = running.stop('SIGTERM')
    expect(String(await textOf(await answering)).length).toBeGreaterThan(50)
    expect((await ended).code).toBe(0)
  })

  test('--demo needs nothing, uses nothing of the person, and its curl works', async () => {
    const running = jetway.start(['start', '--demo', '--port', '0'], {
      environment: {
        HOME: folder,
        COPILOT_API_KEY: 'tid=mine',
        COPILOT_OAUTH_TOKEN: 'ghu_mine',
        JETWAY_MASTER_KEY: 'sk-mine',
        HTTPS_PROXY: 'http://127.0.0.1:1',
      },
    })
    const url = await listening(running)
    const [, line = ''] = await running.waitFor('stderr', /^ {2}(curl [\s\S]+\]\}')$/m)
    expect(line).toContain(`curl ${url}/v1/chat/completions`)
    const [, body = ''] = /-d '(.*)'$/.exec(line) ?? []
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(response.status).toBe(200)
    expect(typeof (await textOf(response))).toBe('string')
    expect((await running.stop('SIGINT')).code).toBe(0)
  })

  test('nobody is signed in: it runs, says how, and answers calls with it', async () => {
    const running = jetway.start(['start', '--port', '0'], { environment: unsigned })
    const url = await listening(running)
    await running.waitFor('stderr', /Not signed in to GitHub Copilot: run `jetway login`/)
    const response = await ask(url, 'hello')
    expect(response.status).toBe(401)
    expect(JSON.stringify(await response.json())).toContain('jetway login')
    expect((await running.stop('SIGTERM')).code).toBe(0)
  })

  test('several workers share one port', async () => {
    const running = jetway.start(['start', '--port', '0', '--num_workers', '2'], { environment })
    const url = await listening(running)
    const answers = await Promise.all(
      Array.from({ length: 8 }, async (_, at) => textOf(await ask(url, `say: ${at}`))),
    )
    expect(answers).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
    const { code, stdout } = await running.stop('SIGTERM')
    expect([code, stdout]).toEqual([0, `Jetway listening on ${url}\n`])
  })

  test.runIf(process.platform === 'linux')(
    'a worker that is killed right after its start is replaced',
    async () => {
      const running = jetway.start(['start', '--port', '0', '--workers', '2'], { environment })
      const url = await listening(running)
      const [pid = 0] = childrenOf(running.child.pid)
      process.kill(pid, 'SIGKILL')
      await running.waitFor('stderr', /Worker \d ended with SIGKILL; another takes its place/)
      expect(await textOf(await ask(url, 'say: back'))).toBe('back')
      expect((await running.stop('SIGTERM')).code).toBe(0)
    },
  )
})

/** https://docs.kernel.org/filesystems/proc.html */
function childrenOf(pid = 0): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.trim().split(' ').map(Number)
}

describe('a configuration', () => {
  const file = (): string => join(folder, 'config.yaml')

  test("the documentation's own, and a key", async () => {
    writeFileSync(
      file(),
      `model_list:
  - model_name: github_copilot/gpt-4
    litellm_params:
      model: github_copilot/gpt-4
`,
    )
    const running = jetway.start(['start', '-c', file(), '--port', '0'], {
      environment: { ...environment, JETWAY_MASTER_KEY: 'sk-test' },
    })
    const url = await listening(running)
    const body = JSON.stringify({
      model: 'github_copilot/gpt-4',
      messages: [{ role: 'user', content: 'say: configured' }],
    })
    const post = (key: string): Promise<Response> =>
      fetch(`${url}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body,
      })
    expect(await textOf(await post('sk-test'))).toBe('configured')
    expect((await post('sk-wrong')).status).toBe(401)
    await running.stop('SIGTERM')
  })

  test('SIGHUP reads it again; a bad one is reported and the old one stays', async () => {
    const entry = (name: string): string =>
      `model_list: [{model_name: ${name}, litellm_params: {model: github_copilot/gpt-4o}}]\n`
    writeFileSync(file(), entry('before'))
    const running = jetway.start(['start', '-c', file(), '--port', '0'], { environment })
    const url = await listening(running)
    const names = async (): Promise<string[]> => {
      const { data } = (await (await fetch(`${url}/v1/models`)).json()) as {
        readonly data: readonly { readonly id: string }[]
      }
      return data.map(({ id }) => id)
    }
    expect(await names()).toContain('before')
    writeFileSync(file(), entry('after'))
    running.child.kill('SIGHUP')
    await running.waitFor('stderr', /the changed configuration is in force/)
    expect(await names()).toContain('after')
    writeFileSync(file(), 'model_list: 7\n')
    running.child.kill('SIGHUP')
    await running.waitFor('stderr', /the changed configuration is not used/)
    expect(await names()).toContain('after')
    expect((await running.stop('SIGTERM')).code).toBe(0)
  })

  test('4: what cannot be used, with its place', async () => {
    writeFileSync(file(), 'model_list:\n  - model_name: a\n    litellm_params: 7\n')
    const { code, stdout, stderr } = await jetway.run(['start', '-c', file()], { environment })
    expect([code, stdout]).toEqual([4, ''])
    expect(stderr).toMatch(/config\.yaml:3:\d+: /)
  })

  test('4: a demo open to everyone, unless it has the master key that the message asks for', async () => {
    const words = ['start', '--demo', '--host', '0.0.0.0', '--port', '0']
    const { code, stderr } = await jetway.run(words, { environment })
    expect(code).toBe(4)
    expect(stderr).toContain('set JETWAY_MASTER_KEY')
    const running = jetway.start(words, {
      environment: { ...environment, JETWAY_MASTER_KEY: 'sk-demo' },
    })
    const url = (await listening(running)).replace('0.0.0.0', '127.0.0.1')
    await running.waitFor('stderr', /-H "authorization: Bearer \$JETWAY_MASTER_KEY" \\/)
    expect((await ask(url, 'hello')).status).toBe(401)
    expect((await ask(url, 'hello', { authorization: 'Bearer sk-demo' })).status).toBe(200)
    expect((await running.stop('SIGTERM')).stderr).not.toContain('sk-demo')
  })

  test('4: open to everyone', async () => {
    const { code, stderr } = await jetway.run(['start', '--host', '0.0.0.0'], { environment })
    expect(code).toBe(4)
    expect(stderr).toContain('JETWAY_MASTER_KEY')
  })

  test('config check says the same without starting anything', async () => {
    writeFileSync(file(), 'model_list:\n  - model_name: a\n    litellm_params: 7\nruoter: {}\n')
    const bad = await jetway.run(['config', 'check', file(), '--json'])
    expect(bad.code).toBe(4)
    expect(JSON.parse(bad.stdout)).toMatchObject({
      ok: false,
      errors: [{ at: { line: 3 } }],
    })
    writeFileSync(
      file(),
      'model_list: [{model_name: a, litellm_params: {model: github_copilot/gpt-4o}}]\nruoter_settings: {}\n',
    )
    const good = await jetway.run(['config', 'check'], { folder })
    expect(good.code).toBe(0)
    expect(good.stdout).toMatch(/^warning .*config\.yaml:2:1: .*router_settings/m)
    expect(good.stdout).toContain('config.yaml is good: 1 model name')
    const none = await jetway.run(['config', 'check', 'none.yaml'], { folder })
    expect(none.code).toBe(4)
    expect(none.stderr).toContain('none.yaml')
  })
})

describe('what cannot be', () => {
  test('a port that is taken is said in words', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    for (const command of ['start', 'emulator']) {
      const { code, stdout, stderr } = await jetway.run([command, '--port', String(port)], {
        environment,
      })
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toContain(`port ${port} of 127.0.0.1 is taken`)
    }
    server.close()
    const worker = await jetway.run(['start', '--port', '1', '--host', '203.0.113.1'], {
      environment: { ...environment, JETWAY_MASTER_KEY: 'sk-test' },
    })
    expect(worker.code).toBe(1)
  })

  test("LiteLLM's switches: what has a counterpart works, the rest is named", async () => {
    const running = jetway.start(
      ['start', '--port', '0', '--run_gunicorn', '--request_timeout', '5', '--detailed_debug'],
      { environment },
    )
    await listening(running)
    const { code, stderr } = await running.stop('SIGTERM')
    expect(code).toBe(0)
    expect(stderr).toContain(
      '--run_gunicorn does nothing here: it chooses or tunes a Python server',
    )
    expect(stderr).not.toContain('--request_timeout')
  })
})
