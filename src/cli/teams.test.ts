import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator } from '../emulator/index.ts'
import type { Emulator } from '../emulator/index.ts'
import { buildCommand } from './__fixtures__/command.ts'
import { makeHome } from './__fixtures__/home.ts'
import type { BuiltCommand, Running } from './__fixtures__/command.ts'

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
  const home = makeHome(emulator, { JETWAY_MASTER_KEY: 'sk-master' })
  ;({ folder, environment } = home)
  return () => {
    home.remove()
  }
})

async function startGateway(more: Record<string, string> = {}): Promise<[Running, string]> {
  const running = jetway.start(['start', '--port', '0'], {
    environment: { ...environment, ...more },
  })
  const [, url = ''] = await running.waitFor('stdout', /^Jetway listening on (http:\S+)$/m)
  return [running, url]
}

function ask(url: string, key: string, id?: string): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
      ...(id === undefined ? {} : { 'x-request-id': id }),
    },
    body: JSON.stringify({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'say: hello' }],
    }),
  })
}

const jetwayJson = async (words: readonly string[]): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await jetway.run([...words, '--json'], { environment })
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as Record<string, unknown>
}

describe('keys', () => {
  test('made, listed, rotated and revoked while no gateway runs', async () => {
    const made = await jetway.run(
      ['keys', 'create', '--alias', 'ci', '--user', 'ada', '--budget', '500', '--per', '1mo'],
      { environment },
    )
    expect(made.code).toBe(0)
    expect(made.stdout).toMatch(/^sk-[\w-]{40,}\n$/)
    expect(made.stderr).toContain('The user ada is new here, and made.')
    expect(made.stderr).not.toContain(made.stdout.trim())

    const list = await jetway.run(['keys', 'list'], { environment })
    expect(list.stdout).toMatch(/^sk-…\S{4} +ci +ada +good +- +0 +500 \/ 1mo/m)
    expect(await jetwayJson(['keys', 'list'])).toMatchObject({
      keys: [{ key_alias: 'ci', user_id: 'ada', max_budget_credits: 500, max_budget: 5 }],
    })

    const rotated = await jetwayJson(['keys', 'rotate', 'ci', '--grace', '1h'])
    expect(rotated['key']).toMatch(/^sk-/)
    expect(rotated['key']).not.toBe(made.stdout.trim())

    const revoked = await jetway.run(['keys', 'revoke', '-'], {
      environment,
      input: `${String(rotated['key'])}\n`,
    })
    expect(revoked.stdout).toBe(`${String(rotated['key_id'])}\n`)
    expect(await jetwayJson(['keys', 'list'])).toEqual({ keys: [] })
    const empty = await jetway.run(['keys', 'list'], { environment })
    expect([empty.stdout, empty.code]).toEqual(['', 0])
  })

  test('a running gateway takes a new key, and stops taking a revoked one', async () => {
    const [running, url] = await startGateway()
    const { key } = await jetwayJson(['keys', 'create', '--alias', 'laptop'])
    expect((await ask(url, String(key))).status).toBe(200)
    expect((await ask(url, 'sk-other')).status).toBe(401)
    await jetwayJson(['keys', 'revoke', 'laptop'])
    await expect.poll(async () => (await ask(url, String(key))).status).toBe(401)
    expect((await running.stop('SIGTERM')).code).toBe(0)
  })

  test('several workers without Redis give a key its limit once', async () => {
    const running = jetway.start(['start', '--port', '0', '--workers', '3'], { environment })
    const [, url = ''] = await running.waitFor('stdout', /^Jetway listening on (http:\S+)$/m)
    const { key } = await jetwayJson(['keys', 'create', '--alias', 'few', '--rpm', '4'])
    const calls = Array.from({ length: 16 }, async () => (await ask(url, String(key))).status)
    const statuses = (await Promise.all(calls)).toSorted((one, other) => one - other)
    expect(statuses).toEqual([...Array(4).fill(200), ...Array(12).fill(429)])
    expect((await running.stop('SIGTERM')).code).toBe(0)
  })

  test.each([
    [['keys', 'revoke', 'sk-abcdef'], 2, 'must not stand on the command line'],
    [['keys', 'revoke', 'nobody'], 1, 'there is no key nobody'],
    [['keys', 'create', '--budget', 'much'], 2, "'--budget' must be a number"],
    [['keys', 'create', '--budget', '-1'], 2, "'--budget'"],
    [['keys', 'create', '--per', '1mo'], 2, "give '--budget' as well"],
    [['keys', 'create', '--expires', 'soon'], 2, "'--expires': a duration is"],
    [['keys', 'rotate', 'ci', '--grace', 'long'], 2, "'--grace' must be a duration"],
    [['explain', 'x'], 1, 'there is no gateway data yet'],
  ])('%j says what is wrong', async (words, code, says) => {
    const ran = await jetway.run(words, { environment })
    expect(ran.stderr).toContain(says)
    expect([ran.code, ran.stdout]).toEqual([code, ''])
  })
})

describe('explain and usage', () => {
  test('one call, while the gateway runs and after', async () => {
    const [running, url] = await startGateway()
    const { key } = await jetwayJson(['keys', 'create', '--alias', 'laptop'])
    expect((await ask(url, String(key), 'the-call')).status).toBe(200)

    const explained = await jetway.run(['explain', 'the-call'], { environment })
    expect(explained.code).toBe(0)
    expect(explained.stdout).toMatch(/^the-call {2}ok 200 {2}\d{4}-/)
    expect(explained.stdout).toMatch(/Model: +github_copilot\/gpt-4o/)
    expect(explained.stdout).toMatch(/Sent as: +chat, relay: /)
    expect(explained.stdout).toMatch(/Initiator: +user: /)
    expect(explained.stdout).toMatch(/Caller: +key laptop, /)
    expect(explained.stdout).toMatch(/1 +github_copilot\/gpt-4o +chat +200 /)
    expect(await jetwayJson(['explain', 'the-call'])).toMatchObject({
      request_id: 'the-call',
      model: 'gpt-4o',
      outcome: 'ok',
      attempt_list: [{ status: 200 }],
    })
    expect((await running.stop('SIGTERM')).code).toBe(0)

    const usage = await jetway.run(['usage'], { environment })
    expect(usage.code).toBe(0)
    expect(usage.stdout).toMatch(/^premium_interactions/m)
    expect(usage.stdout).toMatch(/^Through this gateway since \S+: \d calls?, \S+ credits$/m)
    expect(usage.stdout).toMatch(/^gpt-4o +1 +0 +\d+/m)
    const { ledger } = await jetwayJson(['usage', '--days', '2'])
    expect(ledger).toMatchObject({
      days: [{ calls: 0 }, { calls: expect.any(Number) as number }],
      models: expect.arrayContaining([
        expect.objectContaining({ model: 'gpt-4o', calls: 1 }),
      ]) as object[],
    })
    expect((await jetway.run(['explain', 'no-such'], { environment })).code).toBe(1)
  })

  test('what was asked and answered, where it is kept', async () => {
    const [running, url] = await startGateway({ JETWAY_KEEP_PROMPTS: '1d' })
    expect((await ask(url, 'sk-master', 'kept-call')).status).toBe(200)
    await running.stop('SIGTERM')
    const shown = await jetway.run(['explain', 'kept-call', '--text'], { environment })
    expect([shown.code, shown.stderr]).toEqual([0, ''])
    expect(shown.stdout).toMatch(/^Asked:\n\{"model":"gpt-4o",/m)
    expect(shown.stdout).toMatch(/^Answered:\n\{/m)
    expect(await jetwayJson(['explain', 'kept-call', '--text'])).toMatchObject({
      kept: { request: expect.stringContaining('gpt-4o') as string },
    })
    // Not unless it is asked for, and not without the key that sealed it.
    expect(await jetwayJson(['explain', 'kept-call'])).not.toHaveProperty('kept')
    const JETWAY_SEAL_KEY = Buffer.alloc(32, 7).toString('base64')
    const keyless = await jetway.run(['explain', 'kept-call', '--text'], {
      environment: { ...environment, JETWAY_SEAL_KEY },
    })
    expect([keyless.code, keyless.stdout]).toEqual([4, ''])
    expect(keyless.stderr).toContain('was sealed with another key')
  })

  test('without GitHub the own count is shown, and the reason', async () => {
    const [running, url] = await startGateway()
    await ask(url, 'sk-master')
    await running.stop('SIGTERM')
    const signedOut = { ...environment, COPILOT_OAUTH_TOKEN: '' }
    const usage = await jetway.run(['usage'], { environment: signedOut })
    expect(usage.code).toBe(0)
    expect(usage.stderr).toContain("GitHub's quota is not known")
    expect(usage.stdout).toMatch(/Through this gateway since \S+: 1 call,/)
  })
})

describe('the data folder', () => {
  test('is private', async () => {
    await jetwayJson(['keys', 'create'])
    const data = join(folder, 'data')
    expect(statSync(data).mode & 0o777).toBe(0o700)
    expect(statSync(join(data, 'jetway.db')).mode & 0o777).toBe(0o600)
  })

  test('that cannot be written: the gateway serves, and says what it does not keep', async () => {
    const [running, url] = await startGateway({ JETWAY_DATA_DIR: '/dev/null/jetway' })
    expect((await ask(url, 'sk-master')).status).toBe(200)
    expect((await ask(url, 'sk-unknown')).status).toBe(401)
    expect((await fetch(`${url}/health/readiness`)).status).toBe(200)
    const { code, stderr } = await running.stop('SIGTERM')
    expect(code).toBe(0)
    expect(stderr).toMatch(/data folder \/dev\/null\/jetway cannot be written \(ENOTDIR\): keys/)
    expect(readdirSync(folder)).toEqual([])
  })
})
