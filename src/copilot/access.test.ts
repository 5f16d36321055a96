import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Access } from '../core/upstream.ts'
import { at, useOwnSeat } from './__fixtures__/use-own-seat.ts'
import type { World } from './__fixtures__/world.ts'
import { never } from './__fixtures__/world.ts'

let world: World
const { token, store, accessOf } = useOwnSeat((made) => {
  world = made
})

describe('access', () => {
  test('a ghu_ token is exchanged once for any number of calls, and the answer is kept as LiteLLM keeps it', async () => {
    await store(token())
    const copilot = world.copilot()
    const held = await Promise.all(
      Array.from({ length: 20 }, async () => copilot.access(at, never)),
    )
    expect(world.emulator.control.counters.read().exchanges).toBe(1)
    expect(new Set(held).size).toBe(1)
    expect(held[0]).toMatchObject({ origin: world.emulator.url, basePath: '', credential: 'tid' })
    const file = join(world.folder, 'api-key.json')
    const kept = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
    expect(held[0]?.authorization['authorization']).toBe(`Bearer ${kept['token'] as string}`)
    expect(kept).toMatchObject({ refresh_in: 1500, endpoints: { api: world.emulator.url } })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(world.folder)).mode & 0o777).toBe(0o700)
  })

  test('another process finds the exchanged token in the file', async () => {
    await store(token())
    await world.copilot().access(at, never)
    const second = await world.copilot().access(at, never)
    expect(second.credential).toBe('tid')
    expect(world.emulator.control.counters.read().exchanges).toBe(1)
  })

  test('a token that another process renewed before the refusal may be ended as well, and is not taken', async () => {
    await store(token())
    const { tokens, counters } = world.emulator.control
    const [first, second] = [world.copilot(), world.copilot()]
    const held = { first: await accessOf(first), second: await accessOf(second) }
    tokens.expireAll()
    await first.mend({ kind: 'renew-credential' }, at, held.first, never)
    const renewed = await accessOf(first)
    tokens.expireAll()
    await second.mend({ kind: 'renew-credential' }, at, held.second, never)
    const access = await accessOf(second)
    expect(access.authorization).not.toEqual(renewed.authorization)
    expect(counters.read().exchanges).toBe(3)
  })

  test('processes that are refused together renew once', async () => {
    await store(token())
    const { tokens, counters } = world.emulator.control
    const processes = Array.from({ length: 4 }, () => world.copilot())
    const held = await Promise.all(processes.map(accessOf))
    tokens.expireAll()
    const before = counters.read().exchanges
    await Promise.all(
      processes.map(async (copilot, index) =>
        copilot.mend({ kind: 'renew-credential' }, at, held[index] as Access, never),
      ),
    )
    const after = await Promise.all(processes.map(accessOf))
    expect(new Set(after.map(({ authorization }) => authorization['authorization'])).size).toBe(1)
    expect(counters.read().exchanges).toBe(before + 1)
  })

  test('an expired api-key.json is not used', async () => {
    await store(token())
    const old = world.emulator.control.tokens.exchange()
    await writeFile(
      join(world.folder, 'api-key.json'),
      JSON.stringify({ ...old, expires_at: Math.floor(Date.now() / 1000) - 10 }),
    )
    const access = await world.copilot().access(at, never)
    expect(access.authorization['authorization']).not.toBe(`Bearer ${old.token}`)
    expect(world.emulator.control.counters.read().exchanges).toBe(1)
  })

  for (const [kind, app] of [
    ['gho', 'opencode'],
    ['github_pat', undefined],
    ['ghs', undefined],
  ] as const) {
    test(`a ${kind}_ token is used directly, as the command line does`, async () => {
      world.environment['COPILOT_OAUTH_TOKEN'] = token({ kind, ...(app ? { app } : {}) })
      const copilot = world.copilot()
      const response = await world.call(copilot, { model: 'gpt-4.1' })
      expect(response.status).toBe(200)
      expect(world.emulator.control.counters.read().exchanges).toBe(0)
      const [call] = world.emulator.control.requests.list({ route: 'chat' })
      expect(call?.headers).toMatchObject({
        authorization: `Bearer ${world.environment['COPILOT_OAUTH_TOKEN']}`,
        'copilot-integration-id': 'copilot-developer-cli',
      })
    })
  }

  test('a ghu_ token that GitHub does not exchange is used directly, and that is remembered', async () => {
    world.emulator.control.faults.add({
      on: { route: 'exchange' },
      do: { kind: 'reply', status: 404, body: { message: 'Not Found', status: '404' } },
    })
    await store(token())
    const copilot = world.copilot()
    const access = await copilot.access(at, never)
    expect(access.credential).toBe('direct')
    expect((await world.call(copilot, { model: 'gpt-4.1' })).status).toBe(200)
    expect(world.emulator.control.requests.list({ route: 'exchange' })).toHaveLength(1)
  })

  test('a token that neither way takes says so with both reasons', async () => {
    const gho = token({ kind: 'gho', app: 'opencode' })
    world.environment['COPILOT_OAUTH_TOKEN'] = gho
    const copilot = world.copilot()
    const access = await copilot.access(at, never)
    expect(access.credential).toBe('direct')
    await expect(
      copilot.mend({ kind: 'renew-credential' }, at, access, never),
    ).rejects.toMatchObject({ code: 'token_refused', status: 401 })
  })

  test("VS Code's gho_ goes over the exchange once it is refused directly", async () => {
    world.environment['COPILOT_OAUTH_TOKEN'] = token({ kind: 'gho', app: 'vscode' })
    const copilot = world.copilot()
    const direct = await copilot.access(at, never)
    expect(direct.credential).toBe('direct')
    await copilot.mend({ kind: 'renew-credential' }, at, direct, never)
    const exchanged = await copilot.access(at, never)
    expect(exchanged.credential).toBe('tid')
    expect(exchanged.generation).not.toBe(direct.generation)
  })

  test('a hostile host named with the token never sees it', async () => {
    world.emulator.control.accounts.update({
      login: 'octo',
      endpoints: { token: 'https://githubcopilot.com.evil.example' },
    })
    await store(token())
    const access = await world.copilot().access(at, never)
    expect(access.origin).toBe(world.emulator.url)
    expect(world.log.join('\n')).toMatch(/untrusted_api_host/)
  })

  test('an operator may name a base; a client of the gateway never gets here', async () => {
    await store(token())
    const copilot = world.copilot()
    const named = await copilot.access(
      { seat: 'own', apiBase: 'https://proxy.corp/copilot/' },
      never,
    )
    expect(named).toMatchObject({ origin: 'https://proxy.corp', basePath: '/copilot' })
    await expect(
      (async () => copilot.access({ seat: 'own', apiBase: 'http://proxy.corp' }, never))(),
    ).rejects.toThrow(/https/)
    const foreign = await copilot.access(
      { seat: 'own', apiBase: 'https://proxy.corp', apiKey: 'sk-1' },
      never,
    )
    expect(foreign).toMatchObject({
      credential: 'key',
      authorization: { authorization: 'Bearer sk-1' },
    })
  })

  test('a read-only folder serves from memory', async () => {
    world.environment['COPILOT_OAUTH_TOKEN'] = ''
    await mkdir(world.folder, { recursive: true })
    await store(token())
    // A file where the folder should be stands for one that cannot be written: root may write anywhere.
    world.environment['GITHUB_COPILOT_API_KEY_FILE'] = join(
      world.folder,
      'access-token',
      'api-key.json',
    )
    const copilot = world.copilot()
    const first = await copilot.access(at, never)
    expect(await copilot.access(at, never)).toBe(first)
    expect(world.emulator.control.counters.read().exchanges).toBe(1)
    expect(world.log.join('\n')).toMatch(/kept in memory/)
  })
})
