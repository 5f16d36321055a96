import { expect, test } from 'vitest'
import { createSeededRandom } from '../../core/random.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { RecordingSink } from '../__fixtures__/recording-sink.ts'
import { answer, simulateTransport } from '../__fixtures__/simulated-transport.ts'
import { testCall, testHouse } from '../__fixtures__/test-house.ts'
import { createTinyUpstream, tinyModel } from '../__fixtures__/tiny-upstream.ts'

const good = answer({ say: 'hello', tokens: 1 }, 20)

test('a client that leaves while a missing model is looked for has no fallback called', async () => {
  const clock = createVirtualClock()
  const transport = simulateTransport(clock, () => good)
  const client = new AbortController()
  const tiny = createTinyUpstream({
    provider: 'tiny',
    origin: 'http://one',
    models: [tinyModel('two')],
  })
  const upstream = {
    ...tiny,
    listModels: async () => {
      await new Promise<void>((resolve) => clock.setTimer(5, resolve))
      client.abort()
      return tiny.listModels({ seat: 'own' }, client.signal)
    },
  }
  const { engine } = testHouse([upstream], {
    clock,
    transport,
    random: createSeededRandom(3),
    router: { fallbacks: new Map([['one', ['two']]]) },
  })
  const sink = new RecordingSink()
  const call = testCall(
    { model: 'one', prompt: 'hi' },
    { receivedAt: clock.monotonic(), signal: client.signal },
  )
  const record = engine.run(call, sink)
  await clock.advance(1000)
  expect((await record).outcome).toBe('aborted')
  expect(transport.began).toEqual([])
})
