import { expect, test } from 'vitest'
import { ask, down, good, useHouses, whole } from '../__fixtures__/served-house.ts'
import { deployment, testHouse } from '../__fixtures__/test-house.ts'
import { createTinyUpstream, tinyModel } from '../__fixtures__/tiny-upstream.ts'

const { serve, transport } = useHouses()

test('a provider that is away and has used up its retries keeps no call from another that is well', async () => {
  const models = [tinyModel('one')]
  const away = await serve(down)
  const well = await serve(good)
  const { engine } = testHouse(
    [
      createTinyUpstream({ provider: 'away', origin: away.origin, models }),
      createTinyUpstream({ provider: 'well', origin: well.origin, models }),
    ],
    {
      transport,
      random: () => 0,
      router: { cooldownMs: 0 },
      deployments: [
        deployment({ modelName: 'lone', provider: 'away', model: 'one' }),
        deployment({ modelName: 'pair', provider: 'away', model: 'one', order: 1 }),
        deployment({
          modelName: 'pair',
          provider: 'well',
          model: 'one',
          order: 2,
          id: 'pair-well',
        }),
      ],
    },
  )
  for (let calls = 0; calls < 30; calls++) await ask(engine, { ...whole, model: 'lone' })
  const { record } = await ask(engine, { ...whole, model: 'pair' })
  expect(record).toMatchObject({ outcome: 'ok', provider: 'well' })
})
