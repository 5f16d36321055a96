import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { Cancellation } from '../../core/cancel-signal.ts'
import { ServiceUnavailableError } from '../../core/errors.ts'
import type { WireName } from '../../core/model.ts'
import { RecordingSink } from '../__fixtures__/recording-sink.ts'
import { events, json } from '../__fixtures__/scripted-server.ts'
import type { Reply } from '../__fixtures__/scripted-server.ts'
import { ask, down, good, streamed, whole, useHouses } from '../__fixtures__/served-house.ts'
import { testCall, testHouse } from '../__fixtures__/test-house.ts'
import { tinyModel } from '../__fixtures__/tiny-upstream.ts'

const { house, transport } = useHouses()

describe('time', () => {
  test('an upstream that says nothing ends at the call’s timeout', async () => {
    const { engine, server } = await house([() => {}])
    const { sink, record } = await ask(engine, whole, { options: { timeoutMs: 300 } })
    expect(sink.failure?.error).toMatchObject({ name: 'Timeout', status: 504 })
    expect(record.attempts).toHaveLength(1)
    await expect.poll(() => server.aborted()).toBe(1)
  })

  test('an upstream that never gives leave ends there, too', async () => {
    const { upstream } = await house([good])
    const stuck = { ...upstream, access: () => new Promise<never>(() => {}) }
    const { engine } = testHouse([stuck], { transport })
    const { sink, record } = await ask(engine, whole, { options: { timeoutMs: 20 } })
    expect(sink.failure?.error).toMatchObject({ name: 'Timeout', code: 'timeout' })
    expect(record.attempts).toMatchObject([{ status: 0, error: 'Timeout (timeout)' }])
  })

  test('a client that goes away meanwhile is not kept', async () => {
    const { upstream } = await house([good])
    const controller = new AbortController()
    const findModel = (): Promise<never> => {
      setImmediate(() => controller.abort())
      return new Promise(() => {})
    }
    const { engine } = testHouse([{ ...upstream, findModel }], { transport })
    const { sink, record } = await ask(engine, whole, { signal: controller.signal })
    expect(record.outcome).toBe('aborted')
    expect(sink.events).toEqual([])
  })

  test('a stream that stalls ends with the error event', async () => {
    const { engine } = await house([
      (response) => {
        response.writeHead(200)
        response.write('data: {"say":"a"}\n\n')
      },
    ])
    const { sink, record } = await ask(engine, streamed, { options: { streamTimeoutMs: 30 } })
    expect(sink.text).toBe('data: {"say":"a"}\n\ndata: {"error":"stream_timeout"}\n\n')
    expect(record.error?.name).toBe('Timeout')
  })

  test('silence is broken between two events, never inside one', async () => {
    const { engine } = await house(
      [
        (response) => {
          response.writeHead(200)
          response.write('data: {"say":"a"}\n\n')
          setTimeout(() => response.write('data: {"say":'), 50)
          setTimeout(() => response.end('"b"}\n\ndata: {"done":2}\n\n'), 100)
        },
      ],
      { router: { keepAliveMs: 15 } },
    )
    const { sink, record } = await ask(engine, streamed)
    expect(sink.text.replaceAll(': waiting\n\n', '')).toBe(
      'data: {"say":"a"}\n\ndata: {"say":"b"}\n\ndata: {"done":2}\n\n',
    )
    expect(sink.text).toMatch(/data: \{"say":"a"\}\n\n(: waiting\n\n)+data: \{"say":"b"\}/)
    expect(record.outcome).toBe('ok')
  })
})

describe('the client', () => {
  test('that goes away ends the upstream’s work at once', async () => {
    const { engine, server } = await house([
      (response) => {
        response.writeHead(200)
        response.write('data: {"say":"a"}\n\n')
      },
    ])
    const controller = new AbortController()
    const sink = new RecordingSink()
    sink.onWrite = () => {
      controller.abort()
    }
    const record = await engine.run(testCall(streamed, { signal: controller.signal }), sink)
    expect(record).toMatchObject({ outcome: 'aborted', status: 499 })
    expect(sink.events).toEqual(['head', 'write'])
    await expect.poll(() => server.aborted()).toBe(1)
  })

  test('that gives one signal to all its calls is not left with their listeners', async () => {
    const { engine } = await house([good])
    const { signal } = new AbortController()
    for (let call = 0; call < 3; call++) {
      await ask(engine, whole, { signal, caller: { kind: 'sdk', seat: 'own' } })
    }
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('that had gone before anything began costs nothing', async () => {
    const { engine, server } = await house([good])
    const { sink, record } = await ask(engine, whole, { signal: AbortSignal.abort() })
    expect(record.outcome).toBe('aborted')
    expect(sink.events).toEqual([])
    expect(server.received).toHaveLength(0)
  })

  test('that goes away during a wait is not waited for', async () => {
    const controller = new AbortController()
    const { engine, server } = await house([json(429, { error: 'x' }, { 'retry-after': '100' })], {
      observers: [{ attempted: () => setImmediate(() => controller.abort()) }],
    })
    const { record } = await ask(engine, whole, { signal: controller.signal })
    expect(record.outcome).toBe('aborted')
    expect(server.received).toHaveLength(1)
  })

  test('that is slow holds the upstream back', async () => {
    let sent = 0
    const { engine } = await house([
      (response) => {
        response.writeHead(200)
        const event = `data: {"say":"${'x'.repeat(64 * 1024)}"}\n\n`
        const more = (): void => {
          while (sent < 400) {
            sent++
            if (!response.write(event)) {
              response.once('drain', more)
              return
            }
          }
          response.end('data: {"done":1}\n\n')
        }
        more()
      },
    ])
    const sink = new RecordingSink()
    sink.full = true
    const running = engine.run(testCall(streamed), sink)
    await expect.poll(() => sink.chunks.length).toBeGreaterThan(0)
    // What the two sockets hold is all that can be under way: a fraction of the 26 MB on offer.
    const held = async (): Promise<number> => {
      const before = sent
      await new Promise((resolve) => setTimeout(resolve, 20))
      return sent - before
    }
    await expect.poll(held).toBe(0)
    expect(sent).toBeLessThan(300)
    expect(sink.chunks).toHaveLength(1)
    sink.full = false
    sink.onDrain?.()
    expect(await running).toMatchObject({ outcome: 'ok' })
    expect(sent).toBe(400)
  })
})

describe('the door that stops', () => {
  const stopping = new ServiceUnavailableError('stopping', { code: 'stopping', retry_after: 1 })
  const failed = { outcome: 'failed', error: { name: 'ServiceUnavailableError', code: 'stopping' } }

  test.each<[string, readonly WireName[], string]>([
    ['relayed', ['chat'], 'say'],
    ['translated', ['messages'], 'utter'],
  ])('ends a %s stream with its error event', async (_name, wires, field) => {
    const { engine, server } = await house(
      [
        (response) => {
          response.writeHead(200)
          response.write(`data: {"${field}":"a"}\n\n`)
        },
      ],
      { upstream: { models: [tinyModel('one', { wires })] } },
    )
    const signal = new Cancellation()
    const sink = new RecordingSink()
    sink.onWrite = () => {
      setImmediate(() => {
        signal.abort(stopping)
      })
    }
    const record = await engine.run(testCall(streamed, { signal }), sink)
    expect(record).toMatchObject({ ...failed, status: 200 })
    expect(sink.events).toEqual(['head', 'write', 'failStream'])
    expect(sink.text).toContain('{"error":"stopping"}')
    await expect.poll(() => server.aborted()).toBe(1)
  })

  test('answers what has not begun, and tries it nowhere else', async () => {
    const signal = new Cancellation()
    const { engine, server } = await house([
      () => {
        signal.abort(stopping)
      },
    ])
    const { sink, record } = await ask(engine, streamed, {
      signal,
      options: { fallbacks: ['two'] },
    })
    expect(record).toMatchObject({ ...failed, status: 503 })
    expect(record.attempts).toHaveLength(1)
    expect(sink.events).toEqual(['fail'])
    expect(sink.headers['retry-after']).toBe('1')
    expect(server.received).toHaveLength(1)
  })

  test('answers what waits for its next attempt', async () => {
    const signal = new Cancellation()
    const { engine, server } = await house([json(429, { error: 'x' }, { 'retry-after': '100' })], {
      observers: [{ attempted: () => setImmediate(() => signal.abort(stopping)) }],
    })
    const { sink, record } = await ask(engine, whole, { signal })
    expect(record).toMatchObject({ ...failed, status: 503 })
    expect(sink.events).toEqual(['fail'])
    expect(server.received).toHaveLength(1)
  })
})

test('whatever the upstream does, a call ends once, and in time', async () => {
  const moves: Readonly<Record<string, Reply>> = {
    good: events('{"say":"a"}', '{"done":1}'),
    down,
    slow: json(429, { error: 'rate' }, { 'retry-after': '0' }),
    refused: json(400, { error: 'nonsense' }),
    expired: json(401, { error: 'expired', mend: 'renew-credential' }),
    cut: (response) => response.destroy(),
    half: events('{"say":"a"}', undefined),
    open: events('{"say":"a"}'),
    broken: events('{"say":"a"}', '{"error":"boom"}'),
    brokenFirst: events('{"error":"boom"}'),
    garbled: events('{"say":"a"', '{"done":1}'),
    silent: () => {},
    empty: (response) => response.end(),
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(moves)), { minLength: 1, maxLength: 5 }),
      fc.constantFrom<readonly WireName[]>(['chat'], ['messages']),
      async (names, wires) => {
        const replies = names.map((name) => moves[name] ?? down)
        const { engine, server } = await house(replies, {
          upstream: { models: [tinyModel('one', { wires })] },
          router: { cooldownMs: 1 },
        })
        const { sink, record } = await ask(engine, streamed, { options: { timeoutMs: 60 } })
        const ends = sink.events.filter((event) => event !== 'head' && event !== 'write')
        expect(ends).toHaveLength(1)
        expect(sink.events.at(-1)).toBe(ends[0])
        expect(record.outcome === 'ok').toBe(ends[0] === 'end')
        expect(record.attempts.length).toBeLessThanOrEqual(4)
        // The time may be up before the last attempt has come as far as the server.
        expect(server.received.length).toBeLessThanOrEqual(record.attempts.length)
        expect(server.received.length).toBeGreaterThanOrEqual(record.attempts.length - 1)
        await server.close()
      },
    ),
    { numRuns: 60 },
  )
})

test('a hundred calls at once each get their own answer, and leave nothing behind', async () => {
  const echo: Reply = (response, { body }) => {
    const { prompt } = JSON.parse(body) as { prompt: string }
    json(200, { say: prompt })(response, { path: '', headers: {}, body })
  }
  const { engine } = await house([echo], { clock: systemClock })
  const texts = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const { sink } = await ask(engine, { model: 'one', prompt: `p${index}` })
      return sink.text
    }),
  )
  expect(texts).toEqual(Array.from({ length: 100 }, (_, index) => `{"say":"p${index}"}`))
})
