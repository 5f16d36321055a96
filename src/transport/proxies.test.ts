import { createServer as createHttpServer } from 'node:http'
import type { Server as HttpServer } from 'node:http'
import { createServer, connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createNoProxy } from './no-proxy.ts'
import { readProxies } from './proxy-settings.ts'
import { createTransport } from './transport.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function listening(server: Server | HttpServer): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  cleanups.push(() => server.close())
  return (server.address() as AddressInfo).port
}

/** A SOCKS5 server that answers byte by byte, and writes down what it was asked for. */
async function socksServer(
  say: {
    readonly auth?: string
    readonly reply?: readonly number[]
    readonly greeting?: readonly number[]
  } = {},
) {
  const asked: string[] = []
  let connections = 0
  const server = createServer((socket: Socket) => {
    connections++
    socket.on('error', () => {})
    cleanups.push(() => socket.destroy())
    const slowly = (bytes: readonly number[]): void => {
      for (const byte of bytes) socket.write(Uint8Array.of(byte))
    }
    let step: 'greeting' | 'auth' | 'request' | 'open' = 'greeting'
    socket.on('data', (bytes) => {
      if (step === 'greeting') {
        step = say.auth === undefined ? 'request' : 'auth'
        slowly(say.greeting ?? [5, say.auth === undefined ? 0 : 2])
      } else if (step === 'auth') {
        const name = bytes.subarray(2, 2 + (bytes[1] ?? 0)).toString()
        const password = bytes.subarray(3 + name.length).toString()
        step = 'request'
        slowly([1, `${name}:${password}` === say.auth ? 0 : 1])
      } else if (step === 'request') {
        step = 'open'
        const port = bytes.readUInt16BE(bytes.length - 2)
        const address = bytes.subarray(4, -2)
        const host = bytes[3] === 3 ? address.subarray(1).toString() : address.toString('hex')
        asked.push(`${bytes[3]} ${host}:${port}`)
        if (say.reply) {
          slowly(say.reply)
          return
        }
        const onward = connect(port, '127.0.0.1', () => {
          slowly([5, 0, 0, 1, 127, 0, 0, 1, 0, 0])
          socket.pipe(onward).pipe(socket)
        })
        onward.on('error', () => socket.destroy())
      }
    })
  })
  const port = await listening(server)
  return { address: `127.0.0.1:${port}`, asked, connections: () => connections }
}

async function origin(): Promise<number> {
  return listening(createHttpServer((request, response) => response.end(`hello ${request.url}`)))
}

function through(env: Record<string, string>) {
  const transport = createTransport({ env, connectTimeoutMs: 500, maxConnections: 1 })
  cleanups.push(() => transport.destroy())
  return (url: string) =>
    transport
      .request({ method: 'GET', url, headers: {}, timeoutMs: 5_000 })
      .then(({ body }) => Buffer.from(body).toString())
}

describe('SOCKS5', () => {
  test('carries requests, by the name of the host, over connections that are kept', async () => {
    const [proxy, port] = [await socksServer(), await origin()]
    const get = through({ ALL_PROXY: `socks5://${proxy.address}` })
    expect(await get(`http://upstream.example:${port}/1`)).toBe('hello /1')
    expect(await get(`http://upstream.example:${port}/2`)).toBe('hello /2')
    expect(proxy.asked).toEqual([`3 upstream.example:${port}`])
    expect(await get(`http://127.0.0.1:${port}/3`)).toBe('hello /3')
    expect(proxy.asked[1]).toBe(`1 7f000001:${port}`)
    expect(proxy.connections()).toBe(2)
  })

  test('takes an address of IPv6', async () => {
    const proxy = await socksServer({ reply: [5, 4, 0, 1] })
    const get = through({ HTTP_PROXY: `socks5h://${proxy.address}` })
    await expect(get('http://[2001:db8::7]:81/')).rejects.toThrow(/cannot reach that host/)
    expect(proxy.asked).toEqual(['4 20010db8000000000000000000000007:81'])
  })

  test('with a name and a password', async () => {
    const [proxy, port] = [await socksServer({ auth: 'ada:p@ss' }), await origin()]
    const get = through({ HTTP_PROXY: `socks5://ada:p%40ss@${proxy.address}` })
    expect(await get(`http://a.example:${port}/`)).toBe('hello /')
    const wrong = through({ HTTP_PROXY: `socks5://ada:wrong-secret@${proxy.address}` })
    const failed = wrong(`http://a.example:${port}/`)
    await expect(failed).rejects.toMatchObject({ code: 'proxy', status: 502 })
    await expect(failed).rejects.toThrow(/refused name and password/)
    await expect(failed).rejects.not.toThrow(/wrong-secret/)
  })

  test.each<[string, Parameters<typeof socksServer>[0], RegExp]>([
    ['is none', { greeting: [72, 84] }, /is no SOCKS5 proxy/],
    ['wants a password', { greeting: [5, 255] }, /asks for another name and password, or for any/],
    ['refuses', { reply: [5, 2, 0, 1] }, /does not allow this connection/],
    ['refuses in a way of its own', { reply: [5, 77, 0, 1] }, /refused \(77\)/],
    ['is silent', { reply: [] }, /did not answer in time/],
  ])('that %s is named', async (_name, say, words) => {
    const proxy = await socksServer(say)
    const get = through({ HTTP_PROXY: `socks5://${proxy.address}` })
    await expect(get('http://a.example/')).rejects.toThrow(words)
  })

  test('beside an HTTP proxy and hosts without any', async () => {
    const [socks, port] = [await socksServer(), await origin()]
    const get = through({
      HTTP_PROXY: `socks5://${socks.address}`,
      HTTPS_PROXY: 'http://127.0.0.1:1',
      NO_PROXY: 'localhost,.corp.example',
    })
    expect(await get(`http://localhost:${port}/`)).toBe('hello /')
    expect(socks.asked).toEqual([])
    expect(await get(`http://a.example:${port}/`)).toBe('hello /')
    await expect(get('https://b.example/')).rejects.toThrow(
      /by way of the proxy 127\.0\.0\.1:1: connection refused/,
    )
  })
})

test('a proxy that refuses the tunnel, or wants a name, is said', async () => {
  for (const [status, words] of [
    [407, /asks for a name and a password.*\(407\)/],
    [403, /refused the tunnel \(403\)/],
  ] as const) {
    const server = createHttpServer()
    server.on('connect', (_request, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`))
    const get = through({ HTTPS_PROXY: `http://127.0.0.1:${await listening(server)}` })
    await expect(get('https://a.example/')).rejects.toThrow(words)
  }
})

describe('the environment', () => {
  test.each<[Record<string, string>, string | undefined, string | undefined]>([
    [{ HTTP_PROXY: 'http://a:1' }, 'http://a:1/', 'http://a:1/'],
    [{ HTTPS_PROXY: 'http://a:1' }, undefined, 'http://a:1/'],
    [{ HTTP_PROXY: 'a:1', HTTPS_PROXY: 'b:2' }, 'http://a:1/', 'http://b:2/'],
    [{ ALL_PROXY: 'socks5://s:1' }, 'socks5://s:1', 'socks5://s:1'],
    [{ ALL_PROXY: 'socks5://s:1', HTTP_PROXY: 'a:1' }, 'http://a:1/', 'socks5://s:1'],
    [
      { HTTP_PROXY: 'http://a:1', http_proxy: 'http://small:1' },
      'http://small:1/',
      'http://small:1/',
    ],
  ])('%j', (environment, http, https) => {
    const read = readProxies(environment)
    expect([read?.http?.href, read?.https?.href]).toEqual([http, https])
  })

  test('that names none', () => {
    expect(readProxies({ HTTP_PROXY: '', NO_PROXY: '*' })).toBeUndefined()
  })

  test.each(['ftp://a:1', 'socks4://a:1', 'http://', 'http://a b'])(
    '%j is refused by name',
    (value) => {
      expect(() => readProxies({ HTTPS_PROXY: value })).toThrow(
        /^HTTPS_PROXY is no address of a proxy/,
      )
    },
  )

  test.each<[string, string, boolean]>([
    ['', 'https://a.example', false],
    ['*', 'https://a.example', true],
    ['a.example', 'https://a.example', true],
    ['a.example', 'https://b.a.example', true],
    ['.a.example', 'https://b.a.example', true],
    ['*.a.example', 'https://b.a.example', true],
    ['a.example', 'https://ba.example', false],
    ['a.example:8080', 'http://a.example:8080', true],
    ['a.example:8080', 'http://a.example', false],
    ['a.example:443', 'https://a.example', true],
    ['b.example, A.EXAMPLE', 'https://a.example', true],
    ['[::1]', 'http://[::1]:80', true],
  ])('NO_PROXY=%s for %s: %s', (text, url, skipped) => {
    expect(createNoProxy(text)(new URL(url))).toBe(skipped)
  })
})
