import { setMaxListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuthenticationError, JetwayError, ServiceUnavailableError } from '../../core/errors.ts'
import { createSeededRandom } from '../../core/random.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import type { Grant, GrantRequest } from './grant.ts'
import type { Held } from './keeper.ts'
import { createKeeper } from './keeper.ts'
import type { Keeper } from './keeper.ts'

const never = new AbortController().signal
setMaxListeners(0, never)

interface Lab {
  readonly clock: ReturnType<typeof createVirtualClock>
  readonly keeper: Keeper
  /** Every request to GitHub, in order. */
  readonly asked: GrantRequest['reason'][]
  /** The most that were under way at once. */
  readonly mostAtOnce: () => number
  readonly troubles: string[]
  next: { delayMs: number; lifetimeMs: number; error: JetwayError | undefined }
  identity: string
}

function createLab(): Lab {
  const clock = createVirtualClock()
  const asked: GrantRequest['reason'][] = []
  const troubles: string[] = []
  let running = 0
  let most = 0
  let serial = 0
  let generation = 0
  const lab: Lab = {
    clock,
    asked,
    mostAtOnce: () => most,
    troubles,
    next: { delayMs: 100, lifetimeMs: 1_800_000, error: undefined },
    identity: 'first',
    keeper: createKeeper({
      clock,
      random: createSeededRandom(7),
      nextGeneration: () => (generation += 1),
      identify: () =>
        lab.identity === 'away' ? Promise.reject(new Error('away')) : Promise.resolve(lab.identity),
      onTrouble: (message) => troubles.push(message),
      obtain: async (request) => {
        asked.push(request.reason)
        running += 1
        most = Math.max(most, running)
        const { delayMs, lifetimeMs, error } = lab.next
        await new Promise<void>((resolve) => clock.setTimer(delayMs, resolve))
        running -= 1
        if (error) throw error
        serial += 1
        return grant(`token ${serial}`, clock.now(), lifetimeMs)
      },
    }),
  }
  return lab
}

function grant(bearer: string, nowMs: number, lifetimeMs: number): Grant {
  return {
    bearer,
    credential: {
      source: 'option',
      kind: 'ghu',
      token: 'ghu_x',
      host: 'github.com',
      keepsFiles: false,
    },
    way: 'exchange',
    base: { origin: 'https://api.githubcopilot.com', basePath: '' },
    renewAtMs: nowMs + lifetimeMs * 0.8,
    expiresAtMs: nowMs + lifetimeMs * 0.9,
    deadAtMs: nowMs + lifetimeMs,
  }
}

async function hold(lab: Lab): Promise<Held> {
  return lab.keeper.hold(never)
}

async function bearerOf(lab: Lab): Promise<string> {
  const held = hold(lab)
  held.catch(() => undefined)
  await lab.clock.advance(10_000)
  return (await held).grant.bearer
}

const outage = new ServiceUnavailableError('down')
const revoked = new AuthenticationError('revoked')

describe('a keeper', () => {
  test('asks once for any number who wait', async () => {
    const lab = createLab()
    const waiting = Promise.all(Array.from({ length: 500 }, () => hold(lab)))
    await lab.clock.advance(1_000)
    expect(new Set(await waiting).size).toBe(1)
    expect(lab.asked).toEqual(['first'])
  })

  test('leaves those in peace who wait for a renewal while somebody signs in as another', async () => {
    const lab = createLab()
    const held = hold(lab)
    await lab.clock.advance(100)
    const { generation } = await held
    const renewals = [1, 2].map(() => lab.keeper.renew(generation, 'refused', never))
    await lab.clock.advance(50)
    lab.keeper.forget()
    await lab.clock.advance(50)
    expect(await Promise.allSettled(renewals)).toEqual([
      { status: 'fulfilled', value: undefined },
      { status: 'fulfilled', value: undefined },
    ])
  })

  test('renews ahead of time while it is used, and no call waits for it', async () => {
    const lab = createLab()
    const first = await bearerOf(lab)
    await lab.clock.advance(1_000_000)
    expect((await lab.keeper.hold(never)).grant.bearer).toBe(first)
    await lab.clock.advance(500_000)
    expect(lab.asked).toEqual(['first', 'ahead'])
    expect((await lab.keeper.hold(never)).grant.bearer).toBe('token 2')
  })

  test('leaves GitHub alone while nobody calls', async () => {
    const lab = createLab()
    await bearerOf(lab)
    await lab.clock.advance(24 * 3_600_000)
    // The first call used it, so it was renewed once; nobody has used that one.
    expect(lab.asked.length).toBeLessThanOrEqual(2)
  })

  test('one 401 renews once, whoever reports it; a late report does nothing', async () => {
    const lab = createLab()
    const held = hold(lab)
    await lab.clock.advance(1_000)
    const { generation } = await held
    const renewals = Promise.all(
      Array.from({ length: 50 }, () => lab.keeper.renew(generation, 'refused', never)),
    )
    await lab.clock.advance(1_000)
    await renewals
    await lab.keeper.renew(generation, 'refused', never)
    expect(lab.asked).toEqual(['first', 'refused'])
  })

  test('a token that cannot be renewed serves to its very end', async () => {
    const lab = createLab()
    const first = await bearerOf(lab)
    lab.next = { ...lab.next, error: outage }
    await lab.clock.advance(1_700_000)
    expect(await bearerOf(lab)).toBe(first)
    await lab.clock.advance(100_000)
    await expect(bearerOf(lab)).rejects.toThrow('down')
  })

  test('a revoked token is asked for less and less often', async () => {
    const lab = createLab()
    lab.next = { ...lab.next, delayMs: 0, error: revoked }
    for (let second = 0; second < 300; second++) {
      await expect(bearerFast(lab)).rejects.toThrow('revoked')
      await lab.clock.advance(1_000)
    }
    // 2, 4, 8, 16, 32, 60, 60, 60, … seconds apart.
    expect(lab.asked.length).toBeLessThanOrEqual(10)
    expect(lab.asked.length).toBeGreaterThan(5)
  })

  test('an outage is asked about again soon', async () => {
    const lab = createLab()
    lab.next = { ...lab.next, delayMs: 0, error: outage }
    await expect(bearerFast(lab)).rejects.toThrow('down')
    lab.next = { ...lab.next, error: undefined }
    await lab.clock.advance(500)
    expect(await bearerFast(lab)).toBe('token 1')
  })

  test('another credential put in place ends the waiting', async () => {
    const lab = createLab()
    lab.next = { ...lab.next, delayMs: 0, error: revoked }
    for (let at = 0; at < 6; at++) {
      await expect(bearerFast(lab)).rejects.toThrow('revoked')
      await lab.clock.advance(10_000)
    }
    const before = lab.asked.length
    lab.next = { ...lab.next, error: undefined }
    lab.identity = 'second'
    await lab.clock.advance(1_000)
    expect(await bearerFast(lab)).toBe('token 1')
    expect(lab.asked.length).toBe(before + 1)
  })

  test('a token refused over and over is not renewed over and over', async () => {
    const lab = createLab()
    lab.next = { ...lab.next, delayMs: 0 }
    let refusals = 0
    for (let at = 0; at < 100; at++) {
      await bearerFast(lab)
      const generation = lab.keeper.current?.generation ?? 0
      const renewal = lab.keeper.renew(generation, 'refused', never).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'token_refused_again' })
        refusals += 1
      })
      await lab.clock.advance(100)
      await renewal
    }
    expect(lab.asked.filter((reason) => reason === 'refused')).toHaveLength(10)
    expect(refusals).toBe(90)
  })

  test('who leaves, leaves alone', async () => {
    const lab = createLab()
    const stop = new AbortController()
    const left = lab.keeper.hold(stop.signal)
    const stays = lab.keeper.hold(never)
    stop.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    await lab.clock.advance(1_000)
    expect((await stays).grant.bearer).toBe('token 1')
  })

  test('the clock of the machine may jump either way', async () => {
    const lab = createLab()
    const first = await bearerOf(lab)
    lab.clock.jump(-3_600_000)
    // An hour back: by its own count the token still ages.
    await lab.clock.advance(1_800_000)
    expect(await bearerOf(lab)).not.toBe(first)
    const second = lab.keeper.current?.grant.bearer
    lab.clock.jump(7_200_000)
    expect(await bearerOf(lab)).not.toBe(second)
  })

  test('forgetting leaves no timer', async () => {
    const lab = createLab()
    await bearerOf(lab)
    expect(lab.clock.pending).toBe(1)
    lab.keeper.forget()
    expect(lab.clock.pending).toBe(0)
    expect(lab.keeper.current).toBeUndefined()
  })
})

async function bearerFast(lab: Lab): Promise<string> {
  const held = hold(lab)
  held.catch(() => undefined)
  await lab.clock.advance(0)
  return (await held).grant.bearer
}

type Step =
  | { readonly kind: 'call'; readonly count: number }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'jump'; readonly ms: number }
  | {
      readonly kind: 'github'
      readonly delayMs: number
      readonly lifetimeMs: number
      readonly fails: boolean
    }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('call' as const), count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant('refuse' as const) }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 0, max: 2_000_000 }) }),
  fc.record({
    kind: fc.constant('jump' as const),
    ms: fc.integer({ min: -4_000_000, max: 4_000_000 }),
  }),
  fc.record({
    kind: fc.constant('github' as const),
    delayMs: fc.integer({ min: 0, max: 30_000 }),
    lifetimeMs: fc.integer({ min: 1_000, max: 2_000_000 }),
    fails: fc.boolean(),
  }),
)

test('any order of calls, refusals, delays, outages and clocks: one request at a time, no call lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const lab = createLab()
      const outcomes: Promise<'served' | 'told'>[] = []
      const settle = (work: Promise<unknown>): void => {
        outcomes.push(
          work.then(
            () => 'served' as const,
            (error: unknown) => {
              if (error instanceof JetwayError) return 'told' as const
              throw error
            },
          ),
        )
      }
      for (const one of steps) {
        switch (one.kind) {
          case 'call':
            for (let at = 0; at < one.count; at++) settle(hold(lab))
            break
          case 'refuse': {
            const held = lab.keeper.current
            if (held) settle(lab.keeper.renew(held.generation, 'refused', never))
            break
          }
          case 'time':
            await lab.clock.advance(one.ms)
            break
          case 'jump':
            lab.clock.jump(one.ms)
            break
          case 'github':
            lab.next = { ...one, error: one.fails ? outage : undefined }
            break
        }
      }
      // GitHub is well again: whoever waits is served, and so is whoever comes.
      lab.next = { delayMs: 50, lifetimeMs: 1_800_000, error: undefined }
      await lab.clock.advance(120_000)
      const last = lab.keeper.hold(never)
      await lab.clock.advance(60_000)
      await last
      await Promise.all(outcomes)
      expect(lab.mostAtOnce()).toBe(1)
    }),
    { numRuns: 150 },
  )
})

test('a token in use notices within seconds that someone signed out, or in as another', async () => {
  const lab = createLab()
  const first = lab.keeper.hold(never)
  await lab.clock.advance(100)
  const { generation } = await first
  await lab.clock.advance(6_000)
  // Reading the same sign-in again changes nothing.
  expect((await lab.keeper.hold(never)).generation).toBe(generation)
  await lab.clock.advance(6_000)

  lab.identity = 'away'
  await lab.keeper.hold(never)
  await lab.clock.advance(6_000)
  expect((await lab.keeper.hold(never)).generation).toBe(generation)
  await lab.clock.advance(6_000)

  lab.identity = 'second'
  await lab.keeper.hold(never)
  await lab.clock.advance(0)
  const next = lab.keeper.hold(never)
  await lab.clock.advance(100)
  expect((await next).generation).not.toBe(generation)

  await lab.clock.advance(6_000)
  lab.identity = 'none'
  lab.next.error = new AuthenticationError('Not signed in', { code: 'not_signed_in' })
  await lab.keeper.hold(never)
  await lab.clock.advance(0)
  const gone = hold(lab).catch((error: unknown) => error)
  await lab.clock.advance(100)
  expect(await gone).toMatchObject({ code: 'not_signed_in' })
})
