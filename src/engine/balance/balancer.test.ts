import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../core/default-settings.ts'
import { InternalServerError, BadRequestError, RateLimitError } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import { createSeededRandom } from '../../core/random.ts'
import type { Deployment, RouterSettings } from '../../core/settings.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { deployment } from '../__fixtures__/test-house.ts'
import type { Target } from '../resolve/target.ts'
import { createBalancer } from './balancer.ts'
import type { Pick } from './balancer.ts'

const down = new InternalServerError('down')

function target(model: string, changes: Partial<Deployment> = {}): Target {
  return {
    provider: 'tiny',
    model,
    deployment: deployment({ modelName: 'group', model, ...changes }),
  }
}

function arrange(targets: readonly Target[], changes: Partial<RouterSettings> = {}) {
  const clock = createVirtualClock()
  const balancer = createBalancer(clock, createSeededRandom(7))
  const router = { ...DEFAULT_SETTINGS.router, ...changes }
  const pick = (tried: readonly Target[] = [], seat = 'own'): Pick =>
    balancer.pick(targets, { seat, router, tried, excluded: [] })
  const chosen = (tried: readonly Target[] = [], seat = 'own'): string => {
    const result = pick(tried, seat)
    return result.kind === 'target' ? result.target.model : result.kind
  }
  const run = (one: Target, error?: JetwayError, tokens = 0, seat = 'own'): void => {
    balancer.begin(one, seat)
    balancer.end(one, seat, { error, tokens }, router)
  }
  const share = (rounds = 1000): Record<string, number> => {
    const counts: Record<string, number> = {}
    for (let round = 0; round < rounds; round++) {
      const model = chosen()
      counts[model] = (counts[model] ?? 0) + 1
    }
    return counts
  }
  return { clock, balancer, router, pick, chosen, run, share }
}

describe('who is chosen', () => {
  test('by weight', () => {
    const { share } = arrange([target('a', { weight: 3 }), target('b', { weight: 1 })])
    const { a = 0, b = 0 } = share(4000)
    expect(a + b).toBe(4000)
    expect(a / b).toBeGreaterThan(2.6)
    expect(a / b).toBeLessThan(3.4)
  })

  test('never a weight of 0 while another is there', () => {
    const { share } = arrange([target('a', { weight: 0 }), target('b')])
    expect(share()).toEqual({ b: 1000 })
  })

  test('the lowest order alone, whatever the weights', () => {
    const { share } = arrange([target('a', { order: 2, weight: 99 }), target('b', { order: 1 })])
    expect(share()).toEqual({ b: 1000 })
  })

  test('the next order when the first was tried or rests', () => {
    const first = target('a', { order: 1 })
    const { chosen, run } = arrange([first, target('b', { order: 2 })], { allowedFails: 0 })
    expect(chosen([first])).toBe('b')
    run(first, down)
    expect(chosen()).toBe('b')
  })

  test('the least busy one for its weight', () => {
    const a = target('a', { weight: 2 })
    const b = target('b', { weight: 1 })
    const { balancer, chosen } = arrange([a, b], { strategy: 'least-busy' })
    balancer.begin(b, 'own')
    expect(chosen()).toBe('a')
    balancer.begin(a, 'own')
    expect(chosen()).toBe('a')
    balancer.begin(a, 'own')
    balancer.begin(a, 'own')
    expect(chosen()).toBe('b')
  })

  test('the same under the same seed', () => {
    const draw = (): string[] => {
      const { chosen } = arrange([target('a'), target('b'), target('c')])
      return Array.from({ length: 50 }, () => chosen())
    }
    expect(draw()).toEqual(draw())
  })
})

describe('a target that fails rests', () => {
  test('after more failures in a minute than are allowed, for the time set', async () => {
    const a = target('a')
    const { clock, run, share } = arrange([a, target('b')], { allowedFails: 3, cooldownMs: 5000 })
    for (let failure = 0; failure < 3; failure++) run(a, down)
    expect(share()).toHaveProperty('a')
    run(a, down)
    expect(share()).toEqual({ b: 1000 })
    await clock.advance(4999)
    expect(share()).toEqual({ b: 1000 })
    await clock.advance(1)
    expect(share()).toHaveProperty('a')
  })

  test('failures spread over more than a minute are forgiven', async () => {
    const a = target('a')
    const { clock, run, share } = arrange([a, target('b')], { allowedFails: 1 })
    for (let minute = 0; minute < 60; minute++) {
      run(a, down)
      await clock.advance(61_000)
    }
    expect(share()).toHaveProperty('a')
  })

  test('one probe goes ahead: its success ends the rest, its failure begins another', async () => {
    const a = target('a')
    const b = target('b', { order: 2 })
    const { clock, balancer, router, run, chosen } = arrange([a, b], { allowedFails: 0 })
    run(a, down)
    expect(chosen()).toBe('b')
    await clock.advance(router.cooldownMs)
    expect(chosen()).toBe('a')
    balancer.begin(a, 'own')
    expect(chosen()).toBe('b')
    balancer.end(a, 'own', { error: down, tokens: 0 }, router)
    expect(chosen()).toBe('b')
    await clock.advance(router.cooldownMs)
    run(a)
    expect(chosen()).toBe('a')
  })

  test('an aborted probe decides nothing, and the next call is the probe', async () => {
    const a = target('a')
    const { clock, balancer, router, run, chosen } = arrange([a, target('b', { order: 2 })], {
      allowedFails: 0,
    })
    run(a, down)
    await clock.advance(router.cooldownMs)
    balancer.begin(a, 'own')
    balancer.end(a, 'own', { aborted: true, tokens: 0 }, router)
    expect(chosen()).toBe('a')
  })

  test('at once, and as long as it says, when it says so', async () => {
    const a = target('a')
    const { clock, run, share } = arrange([a, target('b')])
    run(a, new RateLimitError('slow down', { retry_after: 60 }))
    await clock.advance(59_999)
    expect(share()).toEqual({ b: 1000 })
    await clock.advance(1)
    expect(share()).toHaveProperty('a')
  })

  test('but a limit that ends next week is asked about every hour', async () => {
    const a = target('a')
    const { clock, run, share } = arrange([a, target('b')])
    run(a, new RateLimitError('weekly', { retry_after: 600_000 }))
    await clock.advance(3_600_000)
    expect(share()).toHaveProperty('a')
  })

  test('not for a request that was wrong', () => {
    const a = target('a')
    const { run, share } = arrange([a, target('b')], { allowedFails: 0 })
    for (let failure = 0; failure < 20; failure++) run(a, new BadRequestError('nonsense'))
    expect(share()).toHaveProperty('a')
  })

  test('not when it has no alternative', () => {
    const a = target('a')
    const { run, chosen } = arrange([a], { allowedFails: 0 })
    for (let failure = 0; failure < 20; failure++) run(a, down)
    expect(chosen()).toBe('a')
  })

  test('for one seat only, unless it has a key of its own', () => {
    const a = target('a')
    const keyed = target('k', { apiKey: 'sk-1' })
    const { run, chosen } = arrange([a, target('b', { order: 2 })], { allowedFails: 0 })
    run(a, down, 0, 'anna')
    expect(chosen([], 'anna')).toBe('b')
    expect(chosen([], 'bert')).toBe('a')
    const other = arrange([keyed, target('b', { order: 2 })], { allowedFails: 0 })
    other.run(keyed, down, 0, 'anna')
    expect(other.chosen([], 'bert')).toBe('b')
  })

  test('when all rest, the wait is that of the nearest', async () => {
    const a = target('a')
    const b = target('b')
    const { clock, run, pick } = arrange([a, b], { allowedFails: 0, cooldownMs: 5000 })
    run(a, down)
    await clock.advance(2000)
    run(b, down)
    expect(pick()).toEqual({ kind: 'busy', waitMs: 3000 })
  })
})

describe('a deployment’s own limits', () => {
  test('requests a minute', async () => {
    const a = target('a', { requestsPerMinute: 2 })
    const { clock, run, pick, chosen } = arrange([a])
    run(a)
    await clock.advance(20_000)
    run(a)
    expect(pick()).toEqual({ kind: 'busy', waitMs: 40_000 })
    await clock.advance(40_000)
    expect(chosen()).toBe('a')
  })

  test('tokens a minute, counted when they are known', async () => {
    const a = target('a', { tokensPerMinute: 100 })
    const { clock, run, chosen } = arrange([a, target('b', { order: 2 })])
    run(a, undefined, 60)
    expect(chosen()).toBe('a')
    run(a, undefined, 60)
    expect(chosen()).toBe('b')
    await clock.advance(60_000)
    expect(chosen()).toBe('a')
  })

  test('calls at once', () => {
    const a = target('a', { maxParallelRequests: 1 })
    const { balancer, router, pick, chosen } = arrange([a])
    balancer.begin(a, 'own')
    expect(pick().kind).toBe('busy')
    balancer.end(a, 'own', { tokens: 0 }, router)
    expect(chosen()).toBe('a')
  })
})

test('three hours with an outage of one: hardly a call goes to the target that is down', async () => {
  const a = target('a')
  const b = target('b')
  const { clock, balancer, router, pick } = arrange([a, b])
  let wasted = 0
  let served = 0
  for (let second = 0; second < 3 * 3600; second++) {
    const isDown = second >= 3600 && second < 7200
    const result = pick()
    if (result.kind === 'target') {
      const fails = isDown && result.target === a
      balancer.begin(result.target, 'own')
      balancer.end(result.target, 'own', fails ? { error: down, tokens: 0 } : { tokens: 0 }, router)
      if (fails) wasted++
      else served++
    }
    await clock.advance(1000)
  }
  // One probe for each rest of five seconds, when the draw falls on it, and none else.
  expect(wasted).toBeLessThan(3600 / 5)
  expect(wasted).toBeGreaterThan(100)
  expect(served + wasted).toBe(3 * 3600)
})
