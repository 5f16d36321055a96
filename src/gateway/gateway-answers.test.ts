import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { BadGatewayError } from '../core/errors.ts'
import type { Sink } from '../core/sink.ts'
import { post, send, sendRaw } from './__fixtures__/start-test-gateway.ts'
import { CHAT, useTestGateways } from './__fixtures__/use-test-gateways.ts'

const start = useTestGateways()

describe('answers', () => {
  test('a whole one has its length', async () => {
    const { url } = await start()
    const { headers } = await post(url, '/v1/chat/completions', CHAT)
    expect(headers).toMatchObject({ 'content-length': '11', 'content-type': 'application/json' })
    expect(headers['transfer-encoding']).toBeUndefined()
  })

  test('a stream arrives piece by piece, of any size', async () => {
    const { url, engine } = await start()
    const pieces = [
      'a',
      'b'.repeat(100),
      'c'.repeat(16_384),
      'd'.repeat(16_385),
      'e'.repeat(300_000),
    ]
    engine.answer = async (_call, sink) => {
      sink.head(200, { 'content-type': 'text/event-stream' })
      for (const piece of pieces) if (!sink.write(Buffer.from(piece))) await drained(sink)
      sink.write(new Uint8Array(0))
      sink.end(Buffer.from('!'))
    }
    const reply = await post(url, '/v1/chat/completions', CHAT)
    expect(reply.text).toBe(`${pieces.join('')}!`)
    expect(reply.headers['transfer-encoding']).toBe('chunked')
    expect(reply.headers['content-encoding']).toBeUndefined()
  })

  test.each<[string, (sink: Sink) => void]>([
    [
      'a whole one',
      (sink) => {
        sink.head(200, {})
        sink.end(Buffer.from('one'))
      },
    ],
    [
      'a stream',
      (sink) => {
        sink.head(200, {})
        sink.write(Buffer.from('one'))
        sink.end()
      },
    ],
    [
      'an error',
      (sink) => {
        const answer = { status: 502, headers: {}, body: {} }
        sink.fail(new BadGatewayError('no'), answer, {})
      },
    ],
  ])('%s ends when its call is written down, not before', async (_, answer) => {
    const { url, engine } = await start()
    let hasEnded = false
    let endedEarly: boolean | undefined
    engine.answer = async (_call, sink) => {
      answer(sink)
      // Round trips, in which an answer that was sent would long have come.
      for (let times = 0; times < 3; times++) await send(url, '/health/liveliness')
      endedEarly = hasEnded
    }
    await post(url, '/v1/chat/completions', CHAT).then(() => {
      hasEnded = true
    })
    expect({ hasEnded, endedEarly }).toEqual({ hasEnded: true, endedEarly: false })
  })

  test('several on one connection do not run into each other', async () => {
    const { gateway, engine } = await start()
    engine.answer = (_call, sink) => {
      sink.head(200, {})
      sink.write(Buffer.from('one'))
      sink.end()
    }
    const body = JSON.stringify(CHAT)
    const one = `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n`
    const raw = await sendRaw(
      gateway.port,
      `${one}\r\n${body}${one}connection: close\r\n\r\n${body}`,
    )
    expect(raw.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
    expect(raw.match(/\r\n\r\n3\r\none\r\n0\r\n\r\n/g)).toHaveLength(2)
  })

  test('nothing is written into one under way when the client sends what is no HTTP', async () => {
    const { gateway, engine } = await start()
    engine.answer = (_call, sink) => {
      sink.head(200, {})
      sink.write(Buffer.from('one'))
    }
    const body = JSON.stringify(CHAT)
    const socket = connect(gateway.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    let raw = ''
    socket.setEncoding('latin1').on('data', (piece: string) => {
      raw += piece
      if (raw.endsWith('one\r\n')) socket.write('HELLO\r\n\r\n')
    })
    await once(socket, 'close')
    expect(raw).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n3\r\none\r\n$/)
  })

  test('a connection that was opened in advance may be used after the time for headers', async () => {
    const { gateway } = await start()
    const accepted = once(gateway.server, 'connection') as Promise<[Socket]>
    const socket = connect(gateway.port, '127.0.0.1')
    const [connection] = await accepted
    const late = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
    gateway.server.emit('clientError', late, connection)
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
    let raw = ''
    socket.setEncoding('latin1').on('data', (piece: string) => (raw += piece))
    await once(socket, 'close')
    expect(raw).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Jetway is running\n$/)
  })

  test('HTTP/1.0 gets no chunks', async () => {
    const { gateway, engine } = await start()
    engine.answer = (_call, sink) => {
      sink.head(200, {})
      sink.write(Buffer.from('one'))
      sink.end(Buffer.from('two'))
    }
    const body = JSON.stringify(CHAT)
    const raw = await sendRaw(
      gateway.port,
      `POST /v1/chat/completions HTTP/1.0\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    expect(raw).toMatch(/\r\n\r\nonetwo$/)
    expect(raw.toLowerCase()).not.toContain('transfer-encoding')
  })

  test('a client that leaves ends the call, with the reason', async () => {
    const { gateway, engine } = await start()
    const aborted = new Promise<unknown>((resolve) => {
      engine.answer = async (call, sink) => {
        sink.head(200, {})
        sink.write(Buffer.from('first'))
        await new Promise<void>((done) => {
          call.signal.addEventListener('abort', () => {
            resolve(call.signal.reason)
            done()
          })
        })
      }
    })
    const client = request({ port: gateway.port, path: '/v1/chat/completions', method: 'POST' })
    client.on('error', () => {})
    client.end(JSON.stringify(CHAT))
    const [incoming] = (await once(client, 'response')) as [NodeJS.ReadableStream]
    await once(incoming, 'data')
    client.destroy()
    expect(await aborted).toMatchObject({ code: 'client_closed_request' })
  })

  test('a slow client holds the sender back', async () => {
    const { gateway, engine } = await start()
    let written = 0
    const held = new Promise<void>((resolve) => {
      engine.answer = async (_call, sink) => {
        sink.head(200, {})
        const chunk = Buffer.alloc(65_536)
        while (sink.write(chunk)) written += chunk.length
        resolve()
        await drained(sink)
        sink.end()
      }
    })
    const client = request({ port: gateway.port, path: '/v1/chat/completions', method: 'POST' })
    client.end(JSON.stringify(CHAT))
    const [incoming] = (await once(client, 'response')) as [NodeJS.ReadableStream]
    await held
    expect(written).toBeLessThan(16 * 1024 * 1024)
    let received = 0
    for await (const chunk of incoming) received += (chunk as Buffer).length
    expect(received).toBe(written + 65_536)
  })

  test('an answer that breaks in the middle is cut, not closed well', async () => {
    const { url, engine } = await start()
    engine.answer = (_call, sink) => {
      sink.head(200, {})
      sink.write(Buffer.from('half'))
      sink.destroy(new Error('x') as never)
    }
    await expect(post(url, '/v1/chat/completions', CHAT)).rejects.toThrow(/hang up|aborted|reset/)
  })

  test('Expect: 100-continue with a body too large is refused without the body', async () => {
    const { gateway } = await start({ maxBodyBytes: 10 })
    const raw = await sendRaw(
      gateway.port,
      'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 11\r\nconnection: close\r\n\r\n',
    )
    expect(raw).toMatch(/^HTTP\/1\.1 413 /)
  })
})

function drained(sink: Sink): Promise<void> {
  return new Promise((resolve) => {
    sink.onDrain = resolve
  })
}
