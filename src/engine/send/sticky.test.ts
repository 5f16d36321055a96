import { expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { ask, down, good, useHouses, whole } from '../__fixtures__/served-house.ts'
import { deployment, testHouse } from '../__fixtures__/test-house.ts'
import { createTinyUpstream, tinyModel } from '../__fixtures__/tiny-upstream.ts'
import { createSessionBook, type SessionBook } from '../balance/session-book.ts'

const { serve, transport } = useHouses()
const models = [tinyModel('one')]

async function group(changes: { sessions?: SessionBook; sessionTtlMs?: number } = {}) {
  const state = { leftIsDown: false }
  const left = await serve((...given) => (state.leftIsDown ? down : good)(...given))
  const right = await serve(good)
  const { engine } = testHouse(
    [
      createTinyUpstream({ provider: 'left', origin: left.origin, models }),
      createTinyUpstream({ provider: 'right', origin: right.origin, models }),
    ],
    {
      transport,
      router: {
        cooldownMs: 0,
        ...(changes.sessionTtlMs === undefined ? {} : { sessionTtlMs: changes.sessionTtlMs }),
      },
      ...(changes.sessions && { sessions: changes.sessions }),
      deployments: ['left', 'right'].map((provider) =>
        deployment({ modelName: 'pair', provider, model: 'one', id: provider }),
      ),
    },
  )
  const call = async (session?: string) => {
    const body = { ...whole, model: 'pair', ...(session && { prompt_cache_key: session }) }
    return (await ask(engine, body)).record.provider
  }
  const many = async (session?: string) => {
    const seen = new Set<string | undefined>()
    for (let at = 0; at < 12; at++) seen.add(await call(session))
    return [...seen]
  }
  return { state, call, many }
}

test('a session stays with one target; calls without one are spread', async () => {
  const { many } = await group()
  for (const session of ['S1', 'S2', 'S3', 'S4']) expect(await many(session)).toHaveLength(1)
  expect(await many()).toHaveLength(2)
})

test('a session that had to move stays where it went, in every process that shares the book', async () => {
  const sessions = createSessionBook(createVirtualClock())
  const [one, other] = [await group({ sessions }), await group({ sessions })]
  const onLeft: string[] = []
  for (let at = 0; onLeft.length < 3; at++)
    if ((await one.call(`S${at}`)) === 'left') onLeft.push(`S${at}`)
  one.state.leftIsDown = true
  for (const session of onLeft) expect(await one.call(session)).toBe('right')
  one.state.leftIsDown = false
  for (const session of onLeft) {
    expect(await one.many(session)).toEqual(['right'])
    expect(await other.many(session)).toEqual(['right'])
  }
})

test('with a time of 0 sessions are not looked at', async () => {
  const { many } = await group({ sessionTtlMs: 0 })
  expect(await many('S')).toHaveLength(2)
})

test('the book forgets who was quiet for longer than asked', async () => {
  const clock = createVirtualClock()
  const book = createSessionBook(clock)
  book.keep('a', 'left', 1000)
  book.keep('b', 'right', 5000)
  await clock.advance(1000)
  expect([book.find('a'), book.find('b')]).toEqual([undefined, 'right'])
  for (let at = 0; at < 20_000; at++) book.keep(`s${at}`, 'left', 5000)
  expect(book.find('b')).toBeUndefined()
})

test('a client that leaves while its session is looked up costs no call', async () => {
  let served = 0
  const pair = [
    await serve((...given) => (served++, good(...given))),
    await serve((...given) => (served++, good(...given))),
  ]
  const client = new AbortController()
  const { engine } = testHouse(
    pair.map(({ origin }, at) => createTinyUpstream({ provider: `p${at}`, origin, models })),
    {
      transport,
      sessions: {
        async find() {
          await new Promise((resolve) => setImmediate(resolve))
          client.abort()
          return undefined
        },
        keep: () => {},
      },
      deployments: pair.map((_, at) =>
        deployment({ modelName: 'pair', provider: `p${at}`, model: 'one', id: `p${at}` }),
      ),
    },
  )
  const body = { ...whole, model: 'pair', prompt_cache_key: 'S' }
  const { record } = await ask(engine, body, { signal: client.signal })
  expect([record.outcome, served]).toEqual(['aborted', 0])
})
