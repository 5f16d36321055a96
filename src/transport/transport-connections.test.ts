import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { ServerHttp2Session } from 'node:http2'
import { createServer as createTcpServer, connect } from 'node:net'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { JetwayError } from '../core/errors.ts'
import { exchange } from './__fixtures__/collector.ts'
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from './__fixtures__/localhost-certificate.ts'
import { useServers } from './__fixtures__/use-servers.ts'
import { createTransport } from './transport.ts'
import type { TransportOptions } from './transport.ts'

const { httpServer, listen, onEnd, tcpServer, transport } = useServers()

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
    onEnd(() => {
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
    onEnd(() => {
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
