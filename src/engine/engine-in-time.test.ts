import { describe, expect, test } from 'vitest'
import { createSeededRandom } from '../core/random.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import type { VirtualClock } from '../core/virtual-clock.ts'
import type { CallRecord } from '../core/ledger.ts'
import type { JsonObject } from '../core/json.ts'
import { RecordingSink } from './__fixtures__/recording-sink.ts'
import { answer, refuse, simulateTransport } from './__fixtures__/simulated-transport.ts'
import type { Move, SimulatedTransport } from './__fixtures__/simulated-transport.ts'
import { deployment, testCall, testHouse } from './__fixtures__/test-house.ts'
import { createTinyUpstream, tinyModel } from './__fixtures__/tiny-upstream.ts'

const good = answer({ say: 'hello', tokens: 1 }, 20)
const SECOND = 1000
const MINUTE = 60 * SECOND

interface Simulation {
  readonly clock: VirtualClock
  readonly transport: SimulatedTransport
  readonly call: (body?: JsonObject, changes?: Parameters<typeof testCall>[1]) => Running
}

interface Running {
  readonly sink: RecordingSink
  readonly record: Promise<CallRecord>
}

type Script = Parameters<typeof simulateTransport>[1]

function simulate(
  script: (clock: VirtualClock) => Script,
  options: Parameters<typeof testHouse>[1] = {},
): Simulation {
  const clock = createVirtualClock()
  const transport = simulateTransport(clock, script(clock))
  const upstream = createTinyUpstream({
    provider: 'tiny',
    origin: 'http://one',
    models: [tinyModel('one'), tinyModel('two')],
  })
  const { engine } = testHouse([upstream], {
    clock,
    transport,
    random: createSeededRandom(3),
    ...options,
  })
  return {
    clock,
    transport,
    call(body = {}, changes = {}) {
      const sink = new RecordingSink()
      const whole = { model: 'one', prompt: 'hi', ...body }
      const call = testCall(whole, { receivedAt: clock.monotonic(), ...changes })
      return { sink, record: engine.run(call, sink) }
    },
  }
}

describe('waits', () => {
  test('a wait that is asked for is kept to the letter', async () => {
    const { clock, transport, call } = simulate(
      () => (_, number) => (number === 1 ? refuse(429, { 'retry-after': '60' }) : good),
    )
    const { record } = call()
    await clock.advance(2 * MINUTE)
    expect(await record).toMatchObject({ outcome: 'ok' })
    expect((transport.began[1] ?? 0) - (transport.began[0] ?? 0)).toBe(60 * SECOND + 10)
  })

  test('a process does not end while a call waits for its next attempt', async () => {
    const held: number[] = []
    const time = createVirtualClock()
    const clock: VirtualClock = {
      ...time,
      get pending() {
        return time.pending
      },
      setTimer(delayMs, callback, keepAlive) {
        if (keepAlive === true) held.push(delayMs)
        return time.setTimer(delayMs, callback)
      },
    }
    const transport = simulateTransport(time, (_, number) =>
      number === 1 ? refuse(503, { 'retry-after': '9' }) : good,
    )
    const { call } = simulate(() => () => good, { clock, transport })
    const { record } = call({}, { receivedAt: 0 })
    await time.advance(MINUTE)
    expect((await record).outcome).toBe('ok')
    expect(held).toEqual([9000])
  })

  test('the time that a call waits is not the gateway’s own', async () => {
    const { clock, call } = simulate(
      () => (_, number) => (number === 1 ? refuse(503, { 'retry-after': '30' }) : good),
    )
    const { record } = call()
    await clock.advance(MINUTE)
    const { timing } = await record
    expect(timing.totalMs).toBe(30 * SECOND + 10 + 20)
    expect(timing.overheadMs).toBe(0)
  })

  test('attempts, waits and all end at the one deadline', async () => {
    const { clock, transport, call } = simulate(() => () => refuse(503))
    const { sink, record } = call({}, { options: { timeoutMs: 5000, retries: 1000 } })
    await clock.advance(MINUTE)
    expect((await record).timing.totalMs).toBeLessThanOrEqual(5000)
    expect(sink.events).toEqual(['fail'])
    expect(transport.began.length).toBeGreaterThan(2)
  })

  test('a deployment’s own timeout bounds its attempt, and another target still has its time', async () => {
    const { clock, call } = simulate(
      () =>
        ({ origin }) =>
          origin === 'http://slow' ? [{ afterMs: 30 * MINUTE, end: true }] : good,
      {
        deployments: [
          deployment({ modelName: 'group', model: 'one', apiBase: 'http://slow', timeoutMs: 5000 }),
          deployment({ modelName: 'group', model: 'one', apiBase: 'http://fast', order: 2 }),
        ],
      },
    )
    const { sink, record } = call({ model: 'group' })
    await clock.advance(MINUTE)
    expect(sink.text).toContain('hello')
    expect((await record).attempts).toMatchObject([
      { error: 'Timeout (timeout)', durationMs: 5000, next: 'try another target' },
      { status: 200 },
    ])
  })
})

describe('streams', () => {
  const thinking: readonly Move[] = [
    { afterMs: 70 * SECOND, head: 200 },
    { afterMs: 0, data: 'data: {"say":"a"}\n\n' },
    { afterMs: 40 * SECOND, data: 'data: {"done":1}\n\n' },
    { afterMs: 0, end: true },
  ]

  test('two minutes of thought are bridged every fifteen seconds, before the first word and after', async () => {
    const { clock, call } = simulate(() => () => thinking)
    const { sink, record } = call({ stream: true })
    await clock.advance(3 * MINUTE)
    expect((await record).outcome).toBe('ok')
    const pings = sink.text.split('data: {"say":"a"}')
    expect(pings[0]?.match(/: waiting/g)).toHaveLength(4)
    expect(pings[1]?.match(/: waiting/g)).toHaveLength(2)
  })

  test('once silence was broken towards the client, nothing is tried again', async () => {
    const { clock, transport, call } = simulate(() => () => [{ afterMs: 20 * SECOND, cut: true }])
    const { sink, record } = call({ stream: true })
    await clock.advance(MINUTE)
    expect(transport.began).toHaveLength(1)
    expect(sink.text).toBe(': waiting\n\ndata: {"error":"connection_reset"}\n\n')
    expect((await record).outcome).toBe('failed')
  })

  test('a stall ends after the stream’s own timeout, not a moment sooner', async () => {
    const { clock, call } = simulate(() => () => [
      { afterMs: 0, head: 200 },
      { afterMs: 0, data: 'data: {"say":"a"}\n\n' },
      { afterMs: 299 * SECOND, data: 'data: {"say":"b"}\n\n' },
    ])
    const { sink, record } = call({ stream: true })
    await clock.advance(20 * MINUTE)
    expect((await record).timing.totalMs).toBe((299 + 300) * SECOND)
    expect(sink.text).toContain('{"error":"stream_timeout"}')
  })

  test('a client that takes nothing for long is not mistaken for a stall', async () => {
    const { clock, call } = simulate(() => () => [
      { afterMs: 0, head: 200 },
      { afterMs: 0, data: 'data: {"say":"a"}\n\n' },
      { afterMs: 400 * SECOND, data: 'data: {"done":1}\n\n' },
      { afterMs: 0, end: true },
    ])
    const running = call({ stream: true })
    running.sink.full = true
    await clock.advance(350 * SECOND)
    expect(running.sink.text).toBe('data: {"say":"a"}\n\n')
    running.sink.full = false
    running.sink.onDrain?.()
    await clock.advance(MINUTE)
    expect((await running.record).outcome).toBe('ok')
  })
})

describe('an outage of an hour', () => {
  const down = (clock: VirtualClock) => () => {
    const minute = clock.monotonic() / MINUTE
    return minute >= 10 && minute < 70 ? refuse(503) : good
  }

  test('is not multiplied by retries, and everything works again after it', async () => {
    const { clock, transport, call } = simulate(down)
    const outcomes: Promise<CallRecord>[] = []
    for (let second = 0; second < 80 * 60; second++) {
      for (let one = 0; one < 2; one++) outcomes.push(call().record)
      await clock.advance(SECOND)
    }
    await clock.advance(MINUTE)
    const records = await Promise.all(outcomes)
    const failed = records.filter((record) => record.outcome === 'failed')
    // A fifth of a retry for each call, and one for each second.
    expect(transport.began.length / records.length).toBeLessThan(1.75)
    expect(failed.length).toBeGreaterThan(55 * 60 * 2)
    expect(records.slice(-1000).every((record) => record.outcome === 'ok')).toBe(true)
    expect(transport.open()).toBe(0)
    // The one timer of all calls may be set; none of a call's own is.
    expect(clock.pending).toBeLessThanOrEqual(1)
  })

  test('of one of two targets is hardly noticed', async () => {
    const { clock, transport, call } = simulate(
      (clock) =>
        ({ origin }) =>
          origin === 'http://shaky' ? down(clock)() : good,
      {
        deployments: [
          deployment({ modelName: 'group', model: 'one', apiBase: 'http://shaky' }),
          deployment({ modelName: 'group', model: 'one', apiBase: 'http://steady' }),
        ],
      },
    )
    const outcomes: Promise<CallRecord>[] = []
    for (let second = 0; second < 80 * 60; second++) {
      outcomes.push(call({ model: 'group' }).record)
      await clock.advance(SECOND)
    }
    const records = await Promise.all(outcomes)
    expect(records.filter((record) => record.outcome !== 'ok')).toHaveLength(0)
    // A probe for each rest of five seconds at most, where half of the draws fall on it.
    expect(transport.began.length - records.length).toBeLessThan(800)
    const last = records.slice(-300).flatMap((record) => record.attempts)
    expect(last).toHaveLength(300)
  })
})
