import { describe, expect, test } from 'vitest'
import { Collector, dispatch, exchange } from './__fixtures__/collector.ts'
import { useServers } from './__fixtures__/use-servers.ts'
import type { Exchange } from './exchange.ts'

const { httpServer, transport } = useServers()

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
