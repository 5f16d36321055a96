import { afterEach, expect, test } from 'vitest'
import { RecordingSink } from './__fixtures__/recording-sink.ts'
import { events, json, startServer } from './__fixtures__/scripted-server.ts'
import type { Reply, ScriptedServer } from './__fixtures__/scripted-server.ts'
import { testCall, testHouse } from './__fixtures__/test-house.ts'
import { createTinyUpstream, tinyModel } from './__fixtures__/tiny-upstream.ts'

const servers: ScriptedServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function serve(...replies: readonly Reply[]): Promise<ScriptedServer> {
  const server = await startServer(...replies)
  servers.push(server)
  return server
}

test('a whole answer of the same wire is relayed byte for byte, with the head that says how', async () => {
  const server = await serve(json(200, { say: 'hello', tokens: 3 }))
  const upstream = createTinyUpstream({
    provider: 'tiny',
    origin: server.origin,
    models: [tinyModel('one')],
  })
  const { engine } = testHouse([upstream])
  const sink = new RecordingSink()
  const record = await engine.run(
    testCall({ model: 'tiny/one', prompt: 'hi', extra: [1, 2] }),
    sink,
  )
  expect(sink.events).toEqual(['head', 'end'])
  expect(sink.text).toBe('{"say":"hello","tokens":3}')
  expect(sink.headers).toMatchObject({
    'content-type': 'application/json',
    'content-length': '26',
    'x-request-id': 'call-1',
    'x-jetway-model': 'tiny/one',
    'x-jetway-wire': 'chat',
    'x-jetway-attempts': '1',
  })
  expect(server.received[0]?.body).toBe('{"prompt":"hi","extra":[1,2],"model":"one"}')
  expect(server.received[0]?.headers['authorization']).toBe('Bearer 1')
  expect(record).toMatchObject({
    outcome: 'ok',
    status: 200,
    mode: 'relay',
    provider: 'tiny',
    model: 'one',
    usage: { outputTokens: 3 },
    attempts: [{ number: 1, status: 200, initiator: 'user' }],
  })
})

test('a stream of the same wire is relayed, and its usage read beside it', async () => {
  const server = await serve(events('{"say":"a"}', '{"say":"b"}', '{"done":2}'))
  const upstream = createTinyUpstream({
    provider: 'tiny',
    origin: server.origin,
    models: [tinyModel('one')],
  })
  const { engine } = testHouse([upstream])
  const sink = new RecordingSink()
  const record = await engine.run(testCall({ model: 'one', prompt: 'hi', stream: true }), sink)
  expect(sink.text).toBe('data: {"say":"a"}\n\ndata: {"say":"b"}\n\ndata: {"done":2}\n\n')
  expect(sink.events.at(0)).toBe('head')
  expect(sink.events.at(-1)).toBe('end')
  expect(sink.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
  })
  expect(record).toMatchObject({ outcome: 'ok', stream: true, usage: { outputTokens: 2 } })
})
