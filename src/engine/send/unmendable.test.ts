import { expect, test } from 'vitest'
import { AuthenticationError } from '../../core/errors.ts'
import { createSeededRandom } from '../../core/random.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { RecordingSink } from '../__fixtures__/recording-sink.ts'
import { answer, simulateTransport } from '../__fixtures__/simulated-transport.ts'
import { deployment, testCall, testHouse } from '../__fixtures__/test-house.ts'
import { createTinyUpstream, tinyModel } from '../__fixtures__/tiny-upstream.ts'

const good = answer({ say: 'hello', tokens: 1 }, 20)

test('where a credential cannot be renewed, another deployment of the group answers', async () => {
  const clock = createVirtualClock()
  const transport = simulateTransport(clock, ({ origin }) =>
    origin === 'http://one'
      ? [
          { afterMs: 10, head: 401 },
          { afterMs: 0, data: JSON.stringify({ error: 'expired', mend: 'renew-credential' }) },
          { afterMs: 0, end: true },
        ]
      : good,
  )
  const models = [tinyModel('one')]
  const broken = {
    ...createTinyUpstream({ provider: 'tiny', origin: 'http://one', models }),
    mend: () => Promise.reject(new AuthenticationError('GitHub takes the token no more')),
  }
  const other = createTinyUpstream({ provider: 'other', origin: 'http://two', models })
  const { engine } = testHouse([broken, other], {
    clock,
    transport,
    random: createSeededRandom(3),
    deployments: [
      deployment({ modelName: 'one', id: 'a', provider: 'tiny', order: 1 }),
      deployment({ modelName: 'one', id: 'b', provider: 'other', order: 2 }),
    ],
  })
  const sink = new RecordingSink()
  const record = engine.run(
    testCall({ model: 'one', prompt: 'hi' }, { receivedAt: clock.monotonic() }),
    sink,
  )
  await clock.advance(60_000)
  expect(await record).toMatchObject({ outcome: 'ok', provider: 'other' })
})
