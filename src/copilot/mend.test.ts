import { describe, expect, test } from 'vitest'
import { PermissionDeniedError } from '../core/errors.ts'
import { at, useOwnSeat } from './__fixtures__/use-own-seat.ts'
import type { World } from './__fixtures__/world.ts'
import { createWorld, never } from './__fixtures__/world.ts'

let world: World
const { token, store } = useOwnSeat((made) => {
  world = made
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
