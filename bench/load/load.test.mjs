/**
 * The load against the real upstream, each in a process of its own.
 *
 * @import { CallsJob, OpenStreamsJob, RateJob, Route, StreamsJob } from '../types.ts'
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { WIRES } from '../gateways/wires.mjs'
import { startLoad } from '../processes/load-process.mjs'
import { promptBody, requestText } from './prompts.mjs'

const UPSTREAM = fileURLToPath(new URL('../upstream/main.mjs', import.meta.url))
const upstream = spawn(process.execPath, [UPSTREAM], { stdio: ['ignore', 'pipe', 'inherit'] })
const load = startLoad(undefined)
let port = 0

beforeAll(async () => {
  const [line] = await once(upstream.stdout, 'data')
  port = JSON.parse(String(line)).port
})

afterAll(() => {
  load.stop()
  upstream.kill()
})

/** @param {'chat' | 'responses' | 'messages'} wire @param {boolean} stream */
function request(wire, stream) {
  /** @type {Route} */
  const route = { dialect: wire, ...WIRES[wire] }
  const kind = /** @type {const} */ ({ dialect: wire, wire, stream, prompt: 'small' })
  return requestText(route, port, {}, promptBody(kind, route))
}

/** @param {number} chunks @param {number} everyMs */
async function setPace(chunks, everyMs) {
  const url = `http://127.0.0.1:${port}/bench/pace?chunks=${chunks}&everyMs=${everyMs}`
  expect((await fetch(url, { method: 'PUT' })).status).toBe(200)
}

async function answered() {
  const response = await fetch(`http://127.0.0.1:${port}/bench/counts`)
  return /** @type {{ whole: number, streamed: number, finished: number }} */ (
    await response.json()
  )
}

const calls = { kind: /** @type {const} */ ('calls'), host: '127.0.0.1', connections: 4 }

test('every whole call that is counted was answered by the upstream', async () => {
  const before = await answered()
  /** @type {CallsJob} */
  const job = { ...calls, port, request: request('chat', false), warmUpMs: 0, measureMs: 100 }
  const result = await load.run({ ...job, weigh: upstream.pid ?? 0 }, 'chat')
  expect(result).toMatchObject({ kind: 'calls', failed: 0 })
  expect(result.calls).toBeGreaterThan(0)
  expect(result.latency.count).toBe(result.calls)
  expect(result.residentBytes).toBeGreaterThan(1e6)
  expect((await answered()).whole - before.whole).toBe(result.calls)
})

test.each(/** @type {const} */ (['chat', 'responses', 'messages']))(
  'streams of %s: each runs to its proper end',
  async (wire) => {
    await setPace(7, 2)
    const before = await answered()
    /** @type {StreamsJob} */
    const job = {
      kind: 'streams',
      host: '127.0.0.1',
      port,
      request: request(wire, true),
      connections: 5,
      warmUpWaves: 1,
      waves: 2,
    }
    const result = await load.run(job, wire)
    expect(result).toMatchObject({ streams: 10, failed: 0 })
    expect(result.events).toBeGreaterThanOrEqual(10 * (7 + 2))
    expect(result.firstByte.count).toBe(10)
    expect((await answered()).finished - before.finished).toBe(15)
  },
)

test('a fixed rate makes exactly the calls that were due', async () => {
  /** @type {RateJob} */
  const job = {
    kind: 'rate',
    host: '127.0.0.1',
    port,
    request: request('chat', false),
    perSecond: 200,
    connections: 16,
    warmUpMs: 0,
    measureMs: 250,
  }
  const result = await load.run(job, 'chat')
  expect(result).toMatchObject({ calls: 50, failed: 0 })
})

test('open streams are held, and let go', async () => {
  await setPace(1000, 100)
  /** @type {OpenStreamsJob} */
  const job = {
    kind: 'open-streams',
    host: '127.0.0.1',
    port,
    request: request('chat', true),
    weigh: upstream.pid ?? 0,
    warmUpStreams: 2,
    streams: 20,
    perSecond: 1000,
    holdMs: 300,
  }
  const result = await load.run(job, 'chat')
  expect(result).toMatchObject({ streams: 20, opened: 20, failed: 0 })
  expect(result.bytesDuring).toBeGreaterThan(1e6)
})

test('what fails is counted, with its reason', async () => {
  const server = createServer((_, response) => {
    response.writeHead(503).end('busy')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  try {
    const request = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'
    const job = { ...calls, port: address.port, request, warmUpMs: 0, measureMs: 30 }
    const result = await load.run(job, 'chat')
    expect(result).toMatchObject({ calls: 0, firstFailure: 'status 503' })
    expect(result.failed).toBeGreaterThanOrEqual(4)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test.each([
  [{ host: '192.0.2.1' }, 'loopback only'],
  [{ measureMs: 10_000_000 }, 'measureMs must be'],
  [{ connections: -1 }, 'connections must be'],
])('refuses %j', async (wrong, message) => {
  const job = { ...calls, port, request: '', warmUpMs: 0, measureMs: 10, ...wrong }
  await expect(load.run(job, 'chat')).rejects.toThrow(message)
})
