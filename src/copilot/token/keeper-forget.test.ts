import { expect, test } from 'vitest'
import { createSeededRandom } from '../../core/random.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import type { Grant } from './grant.ts'
import { createKeeper } from './keeper.ts'

const never = new AbortController().signal

test('someone signs in as another while two calls wait for a refused token to be renewed', async () => {
  const clock = createVirtualClock()
  let generation = 0
  const keeper = createKeeper({
    clock,
    random: createSeededRandom(7),
    nextGeneration: () => (generation += 1),
    identify: () => Promise.resolve('first'),
    onTrouble: () => {},
    obtain: async () => {
      await new Promise<void>((resolve) => clock.setTimer(100, resolve))
      const now = clock.now()
      const grant: Grant = {
        bearer: 'token',
        credential: {
          source: 'option',
          kind: 'ghu',
          token: 'ghu_x',
          host: 'github.com',
          keepsFiles: false,
        },
        way: 'exchange',
        base: { origin: 'https://api.githubcopilot.com', basePath: '' },
        expiresAtMs: now + 900_000,
        deadAtMs: now + 1_000_000,
      }
      return grant
    },
  })
  const holding = keeper.hold(never)
  await clock.advance(100)
  const { generation: refused } = await holding
  const renewals = [1, 2].map(() => keeper.renew(refused, 'refused', never))
  await clock.advance(50)
  keeper.forget()
  await clock.advance(50)
  expect(await Promise.allSettled(renewals)).toEqual([
    { status: 'fulfilled', value: undefined },
    { status: 'fulfilled', value: undefined },
  ])
})
