import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator } from '../../emulator/index.ts'
import type { Emulator } from '../../emulator/index.ts'
import { buildCommand } from '../__fixtures__/command.ts'
import type { BuiltCommand, Running } from '../__fixtures__/command.ts'

let jetway: BuiltCommand
let emulator: Emulator
let folder: string
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
  folder = mkdtempSync(join(tmpdir(), 'jetway-workers-'))
  environment = {
    HOME: folder,
    JETWAY_DATA_DIR: folder,
    JETWAY_MASTER_KEY: 'sk-test',
    GITHUB_COPILOT_TOKEN_DIR: folder,
    GITHUB_COPILOT_DEVICE_CODE_URL: `${emulator.url}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${emulator.url}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
    COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
  }
  return () => {
    rmSync(folder, { recursive: true, force: true })
  }
})

const authorization = 'Bearer sk-test'

async function listening(running: Running): Promise<string> {
  const [, url = ''] = await running.waitFor('stdout', /^Jetway listening on (http:\S+)$/m)
  return url
}

async function ask(url: string, content: string): Promise<unknown> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    // A connection of its own for each.
    headers: { authorization, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] }),
    signal: AbortSignal.timeout(10_000),
  })
  const answer = (await response.json()) as {
    readonly choices?: readonly { readonly message: { readonly content: unknown } }[]
  }
  return answer.choices?.[0]?.message.content ?? answer
}

/** https://docs.kernel.org/filesystems/proc.html */
function childrenOf(pid = 0): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.trim().split(' ').map(Number)
}

const entry = (name: string): string =>
  `model_list: [{model_name: ${name}, litellm_params: {model: github_copilot/gpt-4o}}]\n`

describe.runIf(process.platform === 'linux')('workers', () => {
  test('a connection that meets a dying worker is taken by another', async () => {
    const running = jetway.start(['start', '--port', '0', '--workers', '2'], { environment })
    const url = await listening(running)
    const [victim = 0] = childrenOf(running.child.pid)
    // What it is handed now it never answers.
    process.kill(victim, 'SIGSTOP')
    const words = Array.from({ length: 8 }, (_, at) => `n${at}`)
    const asking = Promise.all(words.map((word) => ask(url, `say: ${word}`)))
    await emulator.control.requests.waitFor({ filter: { route: 'chat' } })
    process.kill(victim, 'SIGKILL')
    expect(await asking).toEqual(words)
    expect((await running.stop('SIGTERM')).code).toBe(0)
  })

  test('all dead at once: their successors listen where they did', async () => {
    const running = jetway.start(['start', '--port', '0', '--workers', '2'], { environment })
    const url = await listening(running)
    for (const pid of childrenOf(running.child.pid)) process.kill(pid, 'SIGKILL')
    await expect
      .poll(() => ask(url, 'say: back').catch(() => 'nobody'), { timeout: 30_000 })
      .toBe('back')
    expect((await running.stop('SIGTERM')).code).toBe(0)
  })

  test('SIGHUP to the first process reloads each of them', async () => {
    const file = join(folder, 'config.yaml')
    writeFileSync(file, entry('before'))
    const words = ['start', '-c', file, '--port', '0', '--workers', '2']
    const running = jetway.start(words, { environment })
    await listening(running)
    writeFileSync(file, 'model_list: 7\n')
    running.child.kill('SIGHUP')
    const told = /(the changed configuration is not used[^]*){2}/
    await running.waitFor('stderr', told)
    expect((await running.stop('SIGTERM')).code).toBe(0)
  })

  test('what a killed worker had finished is in the ledger', async () => {
    const running = jetway.start(['start', '--port', '0', '--workers', '2'], { environment })
    const url = await listening(running)
    const words = Array.from({ length: 12 }, (_, at) => `n${at}`)
    expect(await Promise.all(words.map((word) => ask(url, `say: ${word}`)))).toEqual(words)
    for (const pid of childrenOf(running.child.pid)) process.kill(pid, 'SIGKILL')
    const written = async (): Promise<number> => {
      const response = await fetch(`${url}/spend/logs?limit=50`, {
        headers: { authorization, connection: 'close' },
      })
      const { logs } = (await response.json()) as { readonly logs: readonly unknown[] }
      return logs.length
    }
    // The last one's client may have had its answer an instant before the call was over. Without a journal none is there.
    await expect
      .poll(() => written().catch(() => -1), { timeout: 30_000 })
      .toBeGreaterThanOrEqual(words.length - 1)
    expect((await running.stop('SIGTERM')).code).toBe(0)
  })
})

describe.runIf(process.platform !== 'win32')('one process', () => {
  test('SIGHUP before it listens does not end it, and counts once it does', async () => {
    const file = join(folder, 'config.yaml')
    execFileSync('mkfifo', [file])
    const running = jetway.start(['start', '-c', file, '--port', '0'], { environment })
    // Opens when the gateway reads its configuration, and holds it there.
    const pipe = await open(file, 'w')
    rmSync(file)
    writeFileSync(file, 'model_list: 7\n')
    running.child.kill('SIGHUP')
    await pipe.writeFile(entry('before'))
    await pipe.close()
    await listening(running)
    await running.waitFor('stderr', /the changed configuration is not used/)
    expect((await running.stop('SIGTERM')).code).toBe(0)
  })
})
