import type { Access } from '../core/upstream.ts'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AuthenticationError, PermissionDeniedError } from '../core/errors.ts'
import type { World } from './__fixtures__/world.ts'
import { createWorld, never } from './__fixtures__/world.ts'

const at = { seat: 'own' }
let world: World

beforeEach(async () => {
  world = await createWorld({ planHosts: false })
})
afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

function token(input: Parameters<World['emulator']['control']['tokens']['issue']>[0] = {}): string {
  return world.emulator.control.tokens.issue(input).value
}

async function store(value: string): Promise<void> {
  await mkdir(world.folder, { recursive: true })
  await writeFile(join(world.folder, 'access-token'), value, { mode: 0o600 })
}

/** Always a promise, whether it is there or not. */
async function accessOf(copilot: ReturnType<typeof world.copilot>): Promise<Access> {
  return copilot.access(at, never)
}

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

  test('ghp_ is refused with the reason before anyone is asked', async () => {
    world.environment['COPILOT_GITHUB_TOKEN'] = token({ kind: 'ghp' })
    await expect(accessOf(world.copilot())).rejects.toThrow(
      /COPILOT_GITHUB_TOKEN.*classic personal access token \(ghp_…[^)]{4}\).*github_pat_/,
    )
    expect(world.emulator.control.requests.list()).toEqual([])
  })

  test('not signed in says how at once, and finds a sign-in made meanwhile', async () => {
    const copilot = world.copilot()
    await expect(accessOf(copilot)).rejects.toThrow(/jetway login/)
    copilot.setNotSignedInHint((seat) => `Ask the keeper of ${seat}.`)
    await expect(copilot.access({ seat: 'ann' }, never)).rejects.toThrow(/Ask the keeper of ann/)
    await store(token())
    await expect
      .poll(
        () =>
          accessOf(copilot).then(
            () => 'ok',
            () => 'no',
          ),
        { interval: 50 },
      )
      .toBe('ok')
  })

  test("GitHub's reason reaches the user, and is not asked for again at once", async () => {
    world.emulator.control.accounts.update({ login: 'octo', entitled: false })
    await store(token())
    const copilot = world.copilot()
    const error: unknown = await accessOf(copilot).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(PermissionDeniedError)
    expect(error).toMatchObject({ code: 'no_copilot_access', llm_provider: 'github_copilot' })
    expect((error as Error).message).toMatch(/No access to GitHub Copilot.*editor=vscode/s)
    await accessOf(copilot).catch(() => undefined)
    await accessOf(copilot).catch(() => undefined)
    expect(world.emulator.control.requests.list({ route: 'exchange' })).toHaveLength(1)
  })

  test('a revoked token is an AuthenticationError that says what to do', async () => {
    const value = token()
    await store(value)
    world.emulator.control.tokens.revoke({ token: value })
    const error: unknown = await accessOf(world.copilot()).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(AuthenticationError)
    expect((error as Error).message).toMatch(/Bad credentials.*jetway login/)
    expect((error as Error).message).not.toContain(value)
  })

  test('a sign-in made by another process ends the waiting after a revoked one', async () => {
    const value = token()
    await store(value)
    world.emulator.control.tokens.revoke({ token: value })
    const copilot = world.copilot()
    const find = async (): Promise<string> => {
      try {
        return (await copilot.findModel('gpt-4.1', at, never))?.id ?? 'none'
      } catch {
        return 'refused'
      }
    }
    expect(await find()).toBe('refused')
    expect(await find()).toBe('refused')
    await store(token())
    await expect.poll(find, { interval: 100, timeout: 6_000 }).toBe('gpt-4.1')
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

describe('mending', () => {
  test('one 401 renews once for all who hold the token', async () => {
    await store(token())
    const copilot = world.copilot()
    const old = await copilot.access(at, never)
    world.emulator.control.tokens.expireAll()
    const refused = await world.call(copilot, { model: 'gpt-4.1', access: old })
    expect(refused.status).toBe(401)
    const failure = copilot.readFailure({
      status: refused.status,
      headers: refused.headers,
      body: refused.body,
      wire: 'chat',
      model: 'gpt-4.1',
      requestId: 'r',
    })
    expect(failure.mend).toEqual({ kind: 'renew-credential' })
    await Promise.all(
      Array.from({ length: 10 }, () => copilot.mend({ kind: 'renew-credential' }, at, old, never)),
    )
    expect(world.emulator.control.counters.read().exchanges).toBe(2)
    expect((await world.call(copilot, { model: 'gpt-4.1' })).status).toBe(200)
    // A late one, for the token that is gone: nothing to do.
    await copilot.mend({ kind: 'renew-credential' }, at, old, never)
    expect(world.emulator.control.counters.read().exchanges).toBe(2)
  })

  test('a 466 makes a newer API version ours from then on', async () => {
    await store(token())
    world.emulator.control.settings.set({ oldestApiVersion: '2026-06-01' })
    const copilot = world.copilot()
    // The list of models meets it first, and mends it.
    expect((await world.call(copilot, { model: 'gpt-4.1' })).status).toBe(200)
    const versions = world.emulator.control.requests
      .list({ route: 'models' })
      .map((request) => request.headers['x-github-api-version'])
    expect(versions).toEqual(['2025-04-01', '2026-08-01'])
  })

  test('a 421 asks again which host is ours', async () => {
    await using planned = await createWorld({
      planHosts: true,
      accounts: [{ login: 'octo', plan: 'business' }],
    })
    const { emulator } = planned
    const own = emulator.planUrls.business
    emulator.control.accounts.update({
      login: 'octo',
      endpoints: { token: emulator.planUrls.individual ?? '' },
    })
    const value = emulator.control.tokens.issue().value
    const copilot = planned.copilot({ credential: value })
    const wrong = await copilot.access(at, never)
    expect(wrong.origin).toBe(emulator.planUrls.individual)
    await copilot.mend({ kind: 'resolve-host' }, at, wrong, never)
    expect((await copilot.access(at, never)).origin).toBe(own)
    expect((await planned.call(copilot, { model: 'gpt-4.1' })).status).toBe(200)
  })

  test('a policy is accepted on the way when the configuration allows it', async () => {
    await store(token())
    world.emulator.control.accounts.update({
      login: 'octo',
      policies: { 'claude-haiku-4.5': 'unconfigured' },
    })
    const { emulator } = world
    const strict = world.copilot()
    const refused = await world.call(strict, { model: 'claude-haiku-4.5' })
    expect(refused.status).toBe(400)
    const refusal = {
      status: 400,
      headers: {},
      body: refused.body,
      wire: 'chat' as const,
      model: 'claude-haiku-4.5',
      requestId: 'r',
    }
    const named = strict.readFailure(refusal)
    expect(named.mend).toBeUndefined()
    expect(named.error).toBeInstanceOf(PermissionDeniedError)
    expect(named.error.message).toMatch(/policy of claude-haiku-4.5.*accept_policies/)

    strict.configure({ acceptPolicies: true, identityHeaders: {} })
    const { mend } = strict.readFailure(refusal)
    expect(mend).toEqual({ kind: 'accept-policy', model: 'claude-haiku-4.5' })
    const access = await strict.access(at, never)
    if (mend) await strict.mend(mend, at, access, never)
    expect((await world.call(strict, { model: 'claude-haiku-4.5' })).status).toBe(200)
    expect(
      emulator.control.requests.list({ method: 'POST', path: '/models/claude-haiku-4.5/policy' }),
    ).toHaveLength(1)
  })
})

describe('reports', () => {
  test('status names source, kind, file, plan and expiry, never the secret', async () => {
    const value = token()
    await store(value)
    const status = await world.copilot().status('own', never)
    expect(status).toMatchObject({
      signedIn: true,
      source: 'stored sign-in',
      kind: 'ghu',
      file: join(world.folder, 'access-token'),
      login: 'octo',
      plan: 'individual',
      way: 'exchange',
      api: world.emulator.url,
    })
    expect(Date.parse(status.expiresAt ?? '')).toBeGreaterThan(Date.now())
    expect(JSON.stringify(status)).not.toContain(value)
    expect(status.token).toBe(`ghu_…${value.slice(-4)}`)
  })

  test('status of nobody says why, without asking anyone', async () => {
    const status = await world.copilot().status('own', never)
    expect(status).toMatchObject({ signedIn: false, problem: { code: 'not_signed_in' } })
    expect(world.emulator.control.requests.list()).toEqual([])
  })

  test("quota is the account's, and newer where an answer said so", async () => {
    await store(token())
    world.emulator.control.accounts.update({
      login: 'octo',
      quotas: { premium_interactions: { entitlement: 300, remaining: -1 } },
    })
    const copilot = world.copilot()
    const before = await copilot.quota('own', never)
    expect(before.plan).toBe('individual')
    expect(before.snapshots['premium_interactions']).toMatchObject({
      entitlement: 300,
      remaining: -1,
      unlimited: false,
      source: 'account',
    })
    expect(before.snapshots['chat']).toMatchObject({ unlimited: true, percentRemaining: 100 })
    copilot.observe?.(at, {
      'x-quota-snapshot-premium_interactions':
        'ent=300&ov=1.5&ovPerm=true&rem=31.3&rst=2026-12-01T00%3A00%3A00Z',
      'x-usage-ratelimit-session': 'ent=50&rem=67.5&rst=2026-12-01T00%3A00%3A00Z',
    })
    const after = await copilot.quota('own', never)
    expect(after.limits['session']).toMatchObject({ entitlement: 50, percentRemaining: 67.5 })
  })

  test('the catalogue answers to every spelling', async () => {
    await store(token())
    const copilot = world.copilot()
    const find = async (id: string): Promise<string | undefined> => {
      return (await copilot.findModel(id, at, never))?.id
    }
    expect(await find('claude-haiku-4.5')).toBe('claude-haiku-4.5')
    expect(await find('claude-haiku-4-5')).toBe('claude-haiku-4.5')
    expect(await find('claude-haiku-4-5-20251001')).toBe('claude-haiku-4.5')
    expect(await find('claude-haiku-4-5[1m]')).toBe('claude-haiku-4.5')
    expect(await find('GPT-4.1-2025-04-14')).toBe('gpt-4.1')
    expect(await find('gpt-nonsense')).toBeUndefined()
    expect(world.emulator.control.requests.list({ route: 'models' })).toHaveLength(1)
  })
})

describe('sign-in', () => {
  test('the device flow stores the token, and a call works at once', async () => {
    world.emulator.control.settings.set({ deviceInterval: 0, autoApproveAfterPolls: 2 })
    const copilot = world.copilot()
    const shown: string[] = []
    const signing = copilot.signIn({
      signal: never,
      onCode: (code) => shown.push(code.userCode),
    })
    await expect.poll(() => shown.length).toBe(1)
    expect(copilot.pendingSignIn()?.userCode).toBe(shown[0])
    await expect(accessOf(copilot)).rejects.toThrow(
      new RegExp(`Please visit .*/login/device and enter code ${shown[0]} to authenticate.`),
    )
    const { file } = await signing
    expect(file).toBe(join(world.folder, 'access-token'))
    expect(await readFile(file ?? '', 'utf8')).toMatch(/^ghu_\w+$/)
    expect((await stat(file ?? '')).mode & 0o777).toBe(0o600)
    expect((await world.call(copilot, { model: 'gpt-4.1' })).status).toBe(200)
    expect(copilot.pendingSignIn()).toBeUndefined()

    expect(await copilot.signOut()).toHaveLength(2)
    await expect(accessOf(copilot)).rejects.toThrow(/Not signed in/)
  })

  test('Ctrl-C leaves nothing behind', async () => {
    const copilot = world.copilot()
    const stop = new AbortController()
    const signing = copilot.signIn({
      signal: stop.signal,
      onCode: () => {
        stop.abort(new Error('interrupted'))
      },
    })
    await expect(signing).rejects.toThrow('interrupted')
    expect(copilot.pendingSignIn()).toBeUndefined()
    await expect(stat(world.folder)).rejects.toThrow(/ENOENT/)
  })
})
