import { expect, test } from 'vitest'
import { createSeededRandom } from '../../core/random.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { RecordingSink } from '../__fixtures__/recording-sink.ts'
import { answer, simulateTransport } from '../__fixtures__/simulated-transport.ts'
import { deployment, testCall, testHouse } from '../__fixtures__/test-house.ts'
import { createTinyUpstream, tinyModel } from '../__fixtures__/tiny-upstream.ts'

const good = answer({ say: 'hello', tokens: 1 }, 20)

test('a deployment has no more calls under way than it may, also when admission takes its time', async () => {
  const clock = createVirtualClock()
  const transport = simulateTransport(clock, () => good)
  const upstream = createTinyUpstream({
    provider: 'tiny',
    origin: 'http://one',
    models: [tinyModel('one')],
  })
  const { engine } = testHouse([upstream], {
    clock,
    transport,
    random: createSeededRandom(3),
    deployments: [
      deployment({ modelName: 'one', id: 'a', maxParallelRequests: 1 }),
      deployment({ modelName: 'one', id: 'b', maxParallelRequests: 1 }),
    ],
    router: { retries: 0 },
    // As with Redis: an answer that takes a turn.
    admission: {
      admit: () =>
        new Promise((resolve) => {
          clock.setTimer(5, () => {
            resolve({ headers: {}, queuedMs: 0, settle: () => {} })
          })
        }),
    },
  })
  const records = [1, 2, 3, 4, 5, 6].map(() =>
    engine.run(
      testCall({ model: 'one', prompt: 'hi' }, { receivedAt: clock.monotonic() }),
      new RecordingSink(),
    ),
  )
  await clock.advance(6)
  expect(transport.began.length).toBe(2)
  await clock.advance(60_000)
  await Promise.all(records)
})
