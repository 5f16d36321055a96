import { createServer } from 'node:https'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from './__fixtures__/localhost-certificate.ts'
import { createGuardedFetch } from './guarded-fetch.ts'
import type { GuardedFetchOptions, Resolve } from './guarded-fetch.ts'
import { createPublicAddressCheck } from './public-address.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

interface Served {
  readonly port: number
  /** Paths that were asked for. */
  readonly asked: string[]
}

async function serve(listener: RequestListener): Promise<Served> {
  const asked: string[] = []
  const server = createServer({ cert: LOCALHOST_CERTIFICATE, key: LOCALHOST_KEY }, (...both) => {
    asked.push(both[0].url ?? '')
    listener(...both)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  )
  return { port: (server.address() as AddressInfo).port, asked }
}

function answering(addressesOf: (name: string) => readonly string[]): Resolve {
  return (name, tell) => {
    tell(
      null,
      addressesOf(name).map((address) => ({ address })),
    )
  }
}

interface Limits {
  readonly maxBytes?: number
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** As in production, but the test's own server passes for a public one. */
function fetchHere(url: string, options: GuardedFetchOptions = {}, limits: Limits = {}) {
  const fetch = createGuardedFetch({
    extraCa: LOCALHOST_CERTIFICATE,
    isAllowed: (address) => address === '127.0.0.1',
    resolve: answering(() => ['127.0.0.1']),
    ...options,
  })
  return fetch({
    url,
    maxBytes: 1000,
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    ...limits,
  })
}

describe('addresses that are not public', () => {
  const isPublic = createPublicAddressCheck()

  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '100::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    'localhost',
    '',
    '127.1',
  ])('%s', (address) => {
    expect(isPublic(address)).toBe(false)
  })

  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '192.167.1.1',
    '2606:4700:4700::1111',
    '2a00:1450:4001:82a::200e',
  ])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true)
  })
})

describe('what is refused without a connection', () => {
  // With the check that production has; each of these ways of writing it has led to somebody's metadata service.
  test.each([
    ['127.0.0.1', 'address_not_allowed'],
    ['2130706433', 'address_not_allowed'],
    ['0x7f000001', 'address_not_allowed'],
    ['0177.0.0.1', 'address_not_allowed'],
    ['127.1', 'address_not_allowed'],
    ['0', 'address_not_allowed'],
    ['0.0.0.0', 'address_not_allowed'],
    ['[::1]', 'address_not_allowed'],
    ['[::]', 'address_not_allowed'],
    ['[::ffff:127.0.0.1]', 'address_not_allowed'],
    ['[::ffff:7f00:1]', 'address_not_allowed'],
    ['[fd00:ec2::254]', 'address_not_allowed'],
    ['169.254.169.254', 'address_not_allowed'],
    ['10.1.2.3', 'address_not_allowed'],
    ['192.168.0.1', 'address_not_allowed'],
    ['１２７.０.０.１', 'address_not_allowed'],
    ['localhost', 'address_not_allowed'],
  ])('https://%s', async (host, code) => {
    const { port, asked } = await serve((_request, response) => response.end('secret'))
    const fetch = createGuardedFetch({ extraCa: LOCALHOST_CERTIFICATE })
    await expect(
      fetch({
        url: `https://${host}:${port}/`,
        maxBytes: 1000,
        timeoutMs: 10_000,
        signal: new AbortController().signal,
      }),
    ).rejects.toMatchObject({ name: 'BadRequestError', status: 400, code })
    expect(asked).toEqual([])
  })

  test.each([
    ['http://example.com/a.png', 'not_https'],
    ['file:///etc/passwd', 'not_https'],
    ['ftp://example.com/a.png', 'not_https'],
    ['no address at all', 'not_https'],
    ['https://user:secret@example.com/a.png', 'url_with_credentials'],
  ])('%s', async (url, code) => {
    const error: unknown = await fetchHere(url).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code })
    expect((error as Error).message).not.toContain('secret')
  })

  test.each([
    ['a private address', ['10.0.0.1']],
    ['a public and a private one', ['1.1.1.1', '10.0.0.1']],
    ['loopback in IPv6', ['::1']],
    ['nothing', []],
  ])('a name that resolves to %s', async (_what, addresses) => {
    await expect(
      fetchHere('https://pictures.example/', {
        isAllowed: createPublicAddressCheck(),
        resolve: answering(() => addresses),
      }),
    ).rejects.toMatchObject({ code: 'address_not_allowed' })
  })
})

test('a name is resolved once for a connection: what was checked is what is connected to', async () => {
  const { port, asked } = await serve((_request, response) => response.end('picture'))
  const answers = [['127.0.0.1'], ['10.0.0.1']]
  let lookups = 0
  const bytes = await fetchHere(`https://localhost:${port}/a`, {
    resolve: answering(() => answers[lookups++] ?? []),
  })
  expect(Buffer.from(bytes).toString()).toBe('picture')
  expect(asked).toEqual(['/a'])
  expect(lookups).toBe(1)
})

describe('redirects', () => {
  test('are followed, each checked', async () => {
    const { port, asked } = await serve((request, response) => {
      if (request.url === '/here') response.end('picture')
      else response.writeHead(302, { location: request.url === '/a' ? '/b' : '/here' }).end()
    })
    const bytes = await fetchHere(`https://localhost:${port}/a`)
    expect(Buffer.from(bytes).toString()).toBe('picture')
    expect(asked).toEqual(['/a', '/b', '/here'])
  })

  test.each([
    ['https://10.0.0.1/', 'address_not_allowed'],
    ['https://169.254.169.254/latest/meta-data/', 'address_not_allowed'],
    ['https://[::1]/', 'address_not_allowed'],
    ['//2130706434/', 'address_not_allowed'],
    ['http://localhost/', 'not_https'],
    ['file:///etc/passwd', 'not_https'],
    ['https://[', 'not_https'],
  ])('to %s are not', async (location, code) => {
    const { port, asked } = await serve((_request, response) => {
      response.writeHead(301, { location }).end()
    })
    await expect(fetchHere(`https://localhost:${port}/a`)).rejects.toMatchObject({ code })
    expect(asked).toEqual(['/a'])
  })

  test('to a name that resolves to a private address are not', async () => {
    const { port } = await serve((_request, response) => {
      response.writeHead(302, { location: 'https://inside.example/' }).end()
    })
    await expect(
      fetchHere(`https://localhost:${port}/a`, {
        resolve: answering((name) => [name === 'localhost' ? '127.0.0.1' : '192.168.0.9']),
      }),
    ).rejects.toMatchObject({ code: 'address_not_allowed' })
  })

  test('end after three', async () => {
    const { port, asked } = await serve((_request, response) => {
      response.writeHead(302, { location: '/again' }).end()
    })
    await expect(fetchHere(`https://localhost:${port}/a`)).rejects.toMatchObject({
      code: 'too_many_redirects',
    })
    expect(asked).toHaveLength(4)
  })
})

describe('bounds', () => {
  test.each([
    ['said beforehand', true],
    ['found out on the way', false],
  ])('too many bytes, %s', async (_when, said) => {
    const { port } = await serve((_request, response) => {
      if (said) response.setHeader('content-length', 1001)
      response.write(Buffer.alloc(600))
      response.end(Buffer.alloc(401))
    })
    await expect(fetchHere(`https://localhost:${port}/`)).rejects.toMatchObject({
      code: 'fetched_too_large',
    })
  })

  test('as many as allowed', async () => {
    const { port } = await serve((_request, response) => response.end(Buffer.alloc(1000)))
    expect((await fetchHere(`https://localhost:${port}/`)).length).toBe(1000)
  })

  test.each([
    ['no answer', (): void => {}],
    [
      'an answer that never ends',
      (_request: unknown, response: { write(text: string): unknown }): void => {
        response.write('a')
      },
    ],
  ])('too much time: %s', async (_what, listener) => {
    const { port } = await serve(listener)
    await expect(
      fetchHere(`https://localhost:${port}/`, {}, { timeoutMs: 50 }),
    ).rejects.toMatchObject({ code: 'fetch_timeout' })
  })

  test('the call that is no longer wanted', async () => {
    const wanted = new AbortController()
    const { port } = await serve(() => {
      wanted.abort(new Error('gone'))
    })
    await expect(
      fetchHere(`https://localhost:${port}/`, {}, { signal: wanted.signal }),
    ).rejects.toThrow('gone')
    await expect(
      fetchHere(`https://localhost:${port}/`, {}, { signal: wanted.signal }),
    ).rejects.toThrow('gone')
  })
})

describe('a server that', () => {
  test.each([
    ['has none', 404, {}],
    ['refuses', 403, {}],
    ['redirects nowhere', 302, {}],
    ['compresses', 200, { 'content-encoding': 'gzip' }],
  ])('%s', async (_what, status, headers) => {
    const { port } = await serve((_request, response) => {
      response.writeHead(status, headers).end('secret words')
    })
    const error: unknown = await fetchHere(`https://localhost:${port}/`).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'fetch_failed', status: 400 })
    expect((error as Error).message).not.toContain('secret')
  })

  test('cuts its answer', async () => {
    const { port } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half', () => response.destroy())
    })
    await expect(fetchHere(`https://localhost:${port}/`)).rejects.toMatchObject({
      code: 'fetch_failed',
    })
  })

  test('is not known by its certificate', async () => {
    const { port, asked } = await serve((_request, response) => response.end('picture'))
    await expect(
      fetchHere(`https://localhost:${port}/`, { extraCa: undefined }),
    ).rejects.toMatchObject({ code: 'fetch_failed' })
    expect(asked).toEqual([])
  })

  test('cannot be found', async () => {
    await expect(
      fetchHere('https://nowhere.example/', {
        resolve: (_name, tell) => {
          tell(new Error('ENOTFOUND'), [])
        },
      }),
    ).rejects.toMatchObject({ code: 'fetch_failed' })
  })

  test('is asked without a key or a cookie', async () => {
    let names: string[] = []
    const { port } = await serve((request, response) => {
      names = Object.keys(request.headers).toSorted()
      response.end('picture')
    })
    await fetchHere(`https://localhost:${port}/`)
    expect(names).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent'])
  })
})
