import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { root } from '../support/require.ts'

/** The suite is plain JavaScript; this is what of it is called here. */
interface Judge {
  readonly judge: (
    result: object,
    phase: object,
  ) => { readonly verdict: string; readonly why: string }
}
interface Readers {
  readonly createStreamReader: (form: object) => {
    push(piece: string): void
    finish(): {
      readonly ended: boolean
      readonly problem: string | undefined
      readonly text: string
    }
  }
}
interface Proxies {
  readonly createTcpProxy: (options: object) => Promise<{
    readonly port: number
    set(fault: object | undefined): Promise<void>
    close(): Promise<unknown>
  }>
}
const load = <Module>(path: string): Promise<Module> =>
  import(join(root, 'test', 'chaos', path)) as Promise<Module>
const { judge } = await load<Judge>('oracles/judge.mjs')
const { createStreamReader } = await load<Readers>('clients/stream-reader.mjs')
const { WIRE_FORMS } = await load<{ WIRE_FORMS: Record<string, object> }>('clients/wires.mjs')
const { createTcpProxy } = await load<Proxies>('faults/tcp-proxy.mjs')
const { createRandom } = await load<{ readonly createRandom: (seed: number) => object }>(
  'random.mjs',
)

const plan = { id: 'nap1x1q', expected: 'nap1x1q oak nap1x1q' }
const calm = { allowed: {} }

describe('the judge', () => {
  const cases: readonly [string, object, number, object, string][] = [
    ['its answer', { kind: 'answer', text: plan.expected }, 10, calm, 'ok'],
    ['its answer, too late', { kind: 'answer', text: plan.expected }, 60_000, calm, 'late'],
    ['another answer', { kind: 'answer', text: 'nap1x2q oak nap1x2q' }, 10, calm, 'wrong'],
    ['half an answer', { kind: 'answer', text: 'nap1x1q oa' }, 10, calm, 'wrong'],
    [
      'another request id',
      { kind: 'answer', text: plan.expected, requestId: 'x' },
      10,
      calm,
      'wrong',
    ],
    ['an error in calm', { kind: 'error', status: 502 }, 10, calm, 'wrong'],
    [
      'an allowed error',
      { kind: 'error', status: 502 },
      10,
      { allowed: { statuses: [502] } },
      'error',
    ],
    [
      'a defect',
      { kind: 'error', status: 500, message: 'a defect of the gateway' },
      1,
      { allowed: { statuses: [500] } },
      'wrong',
    ],
    ['a broken connection in calm', { kind: 'broken' }, 10, calm, 'wrong'],
    ['no end', { kind: 'hung' }, 40_000, { allowed: { broken: true } }, 'late'],
  ]
  test.each(cases)('%s', (_, outcome, ms, phase, verdict) => {
    expect(judge({ plan, outcome, ms, endedAt: 0 }, phase).verdict).toBe(verdict)
  })
})

describe('the strict reader of streams', () => {
  const chunk = (content: string): string =>
    `data: {"choices":[{"delta":{"content":"${content}"}}]}\n\n`
  const read = (...pieces: readonly string[]) => {
    const reader = createStreamReader(WIRE_FORMS['chat'] ?? {})
    for (const piece of pieces) reader.push(piece)
    return reader.finish()
  }
  test('a good stream, wherever it is cut', () => {
    const whole = `${chunk('a')}: ping\n\n${chunk('b')}data: [DONE]\n\n`
    for (let at = 0; at <= whole.length; at++) {
      expect(read(whole.slice(0, at), whole.slice(at))).toMatchObject({
        ended: true,
        text: 'ab',
        problem: undefined,
      })
    }
  })
  test('no end, two ends, something after the end', () => {
    expect(read(chunk('a')).ended).toBe(false)
    expect(read('data: [DONE]\n\n', 'data: [DONE]\n\n').problem).toBe('a second terminal event')
    expect(read('data: [DONE]\n\n', chunk('a')).problem).toBe('an event after the end')
    expect(read('data: {"error":{"message":"x"}}\n\n', 'data: [DONE]\n\n').problem).toBe(
      'a second terminal event',
    )
  })
})

describe('the proxy', () => {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })
  async function echoThrough(fault: object | undefined): Promise<string> {
    const server = createServer((socket) => socket.on('error', () => {}).pipe(socket))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const proxy = await createTcpProxy({
      target: () => (server.address() as AddressInfo).port,
      random: createRandom(1),
    })
    await proxy.set(fault)
    const seen = await new Promise<string>((resolve) => {
      let text = ''
      const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
      socket.setEncoding('latin1').on('data', (piece: string) => {
        text += piece
        if (text.length >= 20) socket.destroy()
      })
      socket.on('error', (error: NodeJS.ErrnoException) => (text += ` ${error.code}`))
      socket.on('end', () => socket.destroy())
      socket.on('close', () => {
        resolve(text)
      })
      socket.write('0123456789abcdefghij')
    })
    await proxy.close()
    return seen
  }
  test('passes everything when nothing is set', async () => {
    expect(await echoThrough(undefined)).toBe('0123456789abcdefghij')
  })
  test('refuses, resets, ends and garbles', async () => {
    expect(await echoThrough({ kind: 'refuse' })).toBe(' ECONNREFUSED')
    expect(await echoThrough({ kind: 'reset' })).toMatch(/^(?: ECONNRESET)?$/)
    expect(await echoThrough({ kind: 'half', after: [5, 5] })).toBe('01234')
    expect(await echoThrough({ kind: 'slow', bytes: 3, everyMs: 1 })).toBe('0123456789abcdefghij')
    const garbled = await echoThrough({ kind: 'garble' })
    expect(
      garbled
        .split('')
        .filter((letter) => letter > '\u0008')
        .join(''),
    ).toBe('0123456789abcdefghij')
    expect(garbled.length).toBeGreaterThan(20)
  })
})
