import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { at, useOwnSeat } from './__fixtures__/use-own-seat.ts'
import type { World } from './__fixtures__/world.ts'
import { never } from './__fixtures__/world.ts'

let world: World
const { token, store } = useOwnSeat((made) => {
  world = made
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
