import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { ServerHttp2Session } from 'node:http2'
import { createServer as createTcpServer, connect } from 'node:net'
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { JetwayError } from '../core/errors.ts'
import type { ResponseHeaders } from '../core/upstream.ts'
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from './__fixtures__/localhost-certificate.ts'
import type { Exchange, ExchangeHandler } from './exchange.ts'
import { createTransport } from './transport.ts'
import type { Transport, TransportOptions } from './transport.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

function transport(options?: TransportOptions): Transport {
  const made = createTransport(options)
  cleanups.push(() => made.destroy())
  return made
}

async function listen(server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

async function httpServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${await listen(server)}`
}

async function tcpServer(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onSocket(socket)
  })
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${await listen(server)}`
}

interface Collected {
  status: number
  headers: ResponseHeaders
  text: string
  error: JetwayError | undefined
  readonly order: string[]
}

class Collector implements ExchangeHandler, Collected {
  status = 0
  headers: ResponseHeaders = {}
  text = ''
  error: JetwayError | undefined
  readonly order: string[] = []
  holds = false
  #done: () => void = () => {}
  readonly done = new Promise<void>((resolve) => {
    this.#done = resolve
  })

  onHead(status: number, headers: ResponseHeaders): void {
    this.order.push('head')
    this.status = status
    this.headers = headers
  }

  onData(chunk: Uint8Array): boolean {
    this.order.push('data')
    this.text += Buffer.from(chunk).toString()
    return !this.holds
  }

  onEnd(): void {
    this.order.push('end')
    this.#done()
  }

  onError(error: JetwayError): void {
    this.order.push('error')
    this.error = error
    this.#done()
  }
}

function dispatch(
  via: Transport,
  origin: string,
  collector: Collector,
  changes: { readonly headers?: Record<string, string>; readonly body?: string } = {},
): Exchange {
  return via.dispatch(
    { method: 'POST', origin, path: '/', headers: {}, body: 'x', ...changes },
    collector,
  )
}

async function exchange(
  via: Transport,
  origin: string,
  changes: Parameters<typeof dispatch>[3] = {},
): Promise<Collector> {
  const collector = new Collector()
  dispatch(via, origin, collector, changes)
  await collector.done
  return collector
}

describe('dispatch', () => {
  test('head, data, end; names in lower case, repeated values joined', async () => {
    const origin = await httpServer((_, response) => {
      response.setHeader('X-Many', ['a', 'b'])
      response.setHeader('constructor', 'odd')
      response.setHeader('__proto__', 'odder')
      response.end('hello')
    })
    const got = await exchange(transport(), origin)
    expect(got.order).toEqual(['head', 'data', 'end'])
    expect(got).toMatchObject({ status: 200, text: 'hello' })
    expect(got.headers['x-many']).toBe('a, b')
    expect(got.headers['constructor']).toBe('odd')
    expect(Object.getPrototypeOf(got.headers)).toBe(Object.prototype)
  })

  test('an early hint is no answer', async () => {
    const origin = await httpServer((_, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' })
      response.end('hello')
    })
    const got = await exchange(transport(), origin)
    expect(got.order).toEqual(['head', 'data', 'end'])
  })

  test('the credential goes beside the headers', async () => {
    const origin = await httpServer((request, response) => {
      response.end(JSON.stringify(request.headers))
    })
    const collector = new Collector()
    transport().dispatch(
      {
        method: 'POST',
        origin,
        path: '/',
        headers: { 'x-one': '1' },
        authorization: { authorization: 'Bearer t' },
        body: 'x',
      },
      collector,
    )
    await collector.done
    expect(JSON.parse(collector.text)).toMatchObject({ 'x-one': '1', authorization: 'Bearer t' })
  })

  test('connections are kept', async () => {
    const ports = new Set<number | undefined>()
    const origin = await httpServer((request, response) => {
      ports.add(request.socket.remotePort)
      response.end()
    })
    const via = transport()
    for (let call = 0; call < 5; call++) {
      await exchange(via, origin)
      await new Promise(setImmediate)
    }
    expect(ports.size).toBe(1)
  })

  test('what is held back waits until it is wanted', async () => {
    const origin = await httpServer((_, response) => {
      response.write('one', () => {
        setImmediate(() => response.end('two'))
      })
    })
    const collector = new Collector()
    collector.holds = true
    const running = dispatch(transport(), origin, collector)
    await expect.poll(() => collector.text).toBe('one')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(collector.text).toBe('one')
    collector.holds = false
    running.resume()
    await collector.done
    expect(collector.text).toBe('onetwo')
  })

  test('one that wants more at once, from within, is not stuck', async () => {
    const origin = await httpServer((_, response) => {
      response.write('one', () => {
        setImmediate(() => response.end('two'))
      })
    })
    let running: Exchange | undefined
    const collector = new (class extends Collector {
      override onData(chunk: Uint8Array): boolean {
        super.onData(chunk)
        running?.resume()
        return false
      }
    })()
    running = dispatch(transport(), origin, collector)
    await collector.done
    expect(collector.text).toBe('onetwo')
  })

  test('after an abort nothing more is heard, and the other side knows', async () => {
    let closed = 0
    const origin = await httpServer((_, response) => {
      response.on('close', () => closed++)
      response.write('one')
    })
    const collector = new Collector()
    const running = dispatch(transport(), origin, collector)
    await expect.poll(() => collector.text).toBe('one')
    running.abort()
    running.abort()
    running.resume()
    await expect.poll(() => closed).toBe(1)
    expect(collector.order).toEqual(['head', 'data'])
  })

  test('an abort before the connection stands sends nothing', async () => {
    let asked = 0
    const origin = await httpServer((_, response) => {
      asked++
      response.end()
    })
    const via = transport()
    const collector = new Collector()
    dispatch(via, origin, collector).abort()
    await exchange(via, origin)
    expect(asked).toBe(1)
    expect(collector.order).toEqual([])
  })
})

describe('what fails is said in words, without secrets', () => {
  async function failure(origin: string, options?: TransportOptions): Promise<JetwayError> {
    const { error } = await exchange(transport(options), origin, {
      headers: { 'x-secret': 'hush' },
    })
    if (error === undefined) throw new Error('it did not fail')
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('hush')
    return error
  }

  test('nobody listens', async () => {
    const server = createTcpServer()
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    expect(await failure(`http://127.0.0.1:${port}`)).toMatchObject({
      name: 'APIConnectionError',
      code: 'connection_refused',
      message: expect.stringContaining(`127.0.0.1:${port}: connection refused`) as string,
    })
  })

  test('a connection that is reset', async () => {
    const origin = await tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
    expect(await failure(origin)).toMatchObject({ code: 'connection_reset' })
  })

  test('a connection that is closed', async () => {
    const origin = await tcpServer((socket) => socket.once('data', () => socket.end()))
    expect(await failure(origin)).toMatchObject({ code: 'connection_reset' })
  })

  test('an answer that is cut short', async () => {
    const origin = await tcpServer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')),
    )
    expect(await failure(origin)).toMatchObject({ code: 'connection_reset' })
  })

  test('an answer that is no HTTP', async () => {
    const origin = await tcpServer((socket) =>
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n\r\n')),
    )
    expect(await failure(origin)).toMatchObject({ name: 'BadGatewayError', code: 'invalid_http' })
  })

  test('headers without end', async () => {
    const origin = await tcpServer((socket) =>
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`)
      }),
    )
    expect(await failure(origin)).toMatchObject({ name: 'BadGatewayError', code: 'invalid_http' })
  })

  test('a name that does not exist', async () => {
    expect(await failure('http://nobody.invalid')).toMatchObject({
      name: 'APIConnectionError',
      code: 'dns',
    })
  })

  test('TLS with who speaks none', async () => {
    const origin = await tcpServer((socket) => socket.once('data', () => socket.end('hello\r\n')))
    expect(await failure(origin.replace('http:', 'https:'))).toMatchObject({
      name: 'APIConnectionError',
      code: 'tls',
    })
  })

  test('a header that would break out of its line', async () => {
    const { error } = await exchange(transport(), 'http://127.0.0.1:1', {
      headers: { 'x-evil': 'a\r\nx-more: b' },
    })
    expect(error).toMatchObject({ name: 'BadRequestError', code: 'invalid_header' })
  })

  test('a transport that was closed', async () => {
    const via = createTransport()
    await via.close()
    const { error } = await exchange(via, 'http://127.0.0.1:1')
    expect(error).toMatchObject({ name: 'APIConnectionError', code: 'closed' })
  })
})

describe('whole exchanges', () => {
  const ask = { method: 'GET', headers: {} } as const

  test('any status is an answer, and a redirect is not followed', async () => {
    let asked = 0
    const origin = await httpServer((_, response) => {
      asked++
      response.writeHead(302, { location: '/elsewhere', 'x-a': 'b' }).end('moved')
    })
    const response = await transport().request({ ...ask, url: `${origin}/x?y=1` })
    expect(response).toMatchObject({ status: 302, body: 'moved', headers: { 'x-a': 'b' } })
    expect(asked).toBe(1)
  })

  test('a body is sent', async () => {
    const origin = await httpServer((request, response) => {
      request.pipe(response)
    })
    const response = await transport().request({ ...ask, method: 'POST', url: origin, body: 'ä' })
    expect(response.body).toBe('ä')
  })

  test('one that takes too long is ended', async () => {
    let closed = 0
    const origin = await httpServer((_, response) => {
      response.on('close', () => closed++)
    })
    await expect(transport().request({ ...ask, url: origin, timeoutMs: 20 })).rejects.toMatchObject(
      { name: 'Timeout', code: 'timeout' },
    )
    await expect.poll(() => closed).toBe(1)
  })

  test('one that is too large is ended', async () => {
    let closed = 0
    const origin = await httpServer((_, response) => {
      response.on('close', () => closed++)
      const more = (): void => {
        if (!response.destroyed && response.write('x'.repeat(1000))) setImmediate(more)
      }
      more()
    })
    await expect(
      transport().request({ ...ask, url: origin, maxBytes: 5000 }),
    ).rejects.toMatchObject({ code: 'answer_too_large' })
    await expect.poll(() => closed).toBe(1)
  })

  test('one that nobody wants any more is ended, with the reason', async () => {
    const origin = await httpServer(() => {})
    const controller = new AbortController()
    const reason = new Error('enough')
    const asked = transport().request({ ...ask, url: origin, signal: controller.signal })
    controller.abort(reason)
    await expect(asked).rejects.toBe(reason)
    await expect(
      transport().request({ ...ask, url: origin, signal: controller.signal }),
    ).rejects.toBe(reason)
  })

  test('an address that is none is said', async () => {
    for (const url of ['localhost:4000', 'file:///etc/passwd', '']) {
      await expect(transport().request({ ...ask, url })).rejects.toMatchObject({
        name: 'BadRequestError',
      })
    }
  })
})

describe('TLS', () => {
  const keyAndCertificate = { key: LOCALHOST_KEY, cert: LOCALHOST_CERTIFICATE }

  async function secureServer(): Promise<string> {
    const server = createSecureServer(
      { ...keyAndCertificate, allowHTTP1: true },
      (request, response) => {
        response.setHeader('x-version', request.httpVersion)
        request.on('data', () => {})
        request.on('end', () => response.end('secret enough'))
      },
    )
    const sessions = new Set<ServerHttp2Session>()
    server.on('session', (session) => sessions.add(session))
    cleanups.push(() => {
      for (const session of sessions) session.destroy()
      server.close()
    })
    return `https://localhost:${await listen(server)}`
  }

  test('a certificate nobody vouches for is refused, in words that help', async () => {
    const { error } = await exchange(transport(), await secureServer())
    expect(error).toMatchObject({ name: 'APIConnectionError', code: 'tls' })
    expect(error?.message).toContain('certificate')
  })

  test('one that an extra authority vouches for is taken', async () => {
    const via = transport({ extraCa: LOCALHOST_CERTIFICATE })
    const got = await exchange(via, await secureServer())
    expect(got).toMatchObject({ status: 200, text: 'secret enough' })
    expect(got.headers['x-version']).toBe('1.1')
  })

  test('HTTP/2 is spoken where it is wanted and offered', async () => {
    const via = transport({ extraCa: LOCALHOST_CERTIFICATE, http2: true })
    const origin = await secureServer()
    const answers = await Promise.all(Array.from({ length: 10 }, () => exchange(via, origin)))
    for (const got of answers) {
      expect(got.order).toEqual(['head', 'data', 'end'])
      expect(got).toMatchObject({ status: 200, text: 'secret enough' })
      expect(got.headers['x-version']).toBe('2.0')
    }
  })
})

describe('a proxy', () => {
  /** A proxy that tunnels, as for https. */
  async function proxy(): Promise<{ readonly url: string; readonly hosts: string[] }> {
    const hosts: string[] = []
    const server = createServer()
    server.on('connect', (request, socket: Socket) => {
      hosts.push(request.url ?? '')
      const { hostname, port } = new URL(`http://${request.url}`)
      const onward = connect(Number(port), hostname, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.pipe(onward).pipe(socket)
      })
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
    })
    cleanups.push(() => {
      server.closeAllConnections()
      server.close()
    })
    return { url: `http://127.0.0.1:${await listen(server)}`, hosts }
  }

  test('is used when the environment names one, but for who is excepted', async () => {
    const origin = await httpServer((_, response) => response.end('direct or not'))
    const { url, hosts } = await proxy()
    const via = transport({ env: { HTTP_PROXY: url } })
    expect((await exchange(via, origin)).text).toBe('direct or not')
    expect(hosts).toEqual([new URL(origin).host])
    const excepted = transport({ env: { http_proxy: url, NO_PROXY: '127.0.0.1' } })
    expect((await exchange(excepted, origin)).text).toBe('direct or not')
    expect(hosts).toHaveLength(1)
  })

  test('that is down is said', async () => {
    const via = transport({ env: { HTTP_PROXY: 'http://127.0.0.1:1' } })
    const { error } = await exchange(via, 'http://127.0.0.1:2')
    expect(error).toMatchObject({ name: 'APIConnectionError' })
  })
})
