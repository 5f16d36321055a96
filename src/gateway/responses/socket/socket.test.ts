import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { abortSignalOf } from '../../../core/cancel-signal.ts'
import { DEFAULT_SETTINGS } from '../../../core/default-settings.ts'
import { AuthenticationError } from '../../../core/errors.ts'
import { asObject } from '../../../core/json.ts'
import type { JsonObject } from '../../../core/json.ts'
import { connectSocket } from '../../__fixtures__/socket-client.ts'
import { startDemoGateway } from '../../__fixtures__/start-demo-gateway.ts'
import type { DemoGateway } from '../../__fixtures__/start-demo-gateway.ts'
import { post, send, startTestGateway } from '../../__fixtures__/start-test-gateway.ts'

const RECORDED = { emulator: { recordBodies: true } }
const model = 'gpt-5.3-codex'
const user = (text: string): JsonObject => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
})

function asked({ emulator }: DemoGateway) {
  return emulator.control.requests
    .list()
    .filter(({ route }) => ['chat', 'responses-ws-message', 'messages'].includes(route))
}

function responseIn(frames: readonly JsonObject[]): JsonObject {
  return asObject(frames.at(-1)?.['response']) ?? {}
}

function idOf(frames: readonly JsonObject[]): string {
  return responseIn(frames)['id'] as string
}

for (const wanted of [model, 'claude-sonnet-4.5', 'gpt-4o']) {
  test(`${wanted}: a warm-up, a turn and a tool’s result, each with only what is new`, async () => {
    await using demo = await startDemoGateway(RECORDED)
    const client = await connectSocket(demo.url)
    const tools = [
      { type: 'function', name: 'look', parameters: { type: 'object', properties: {} } },
    ]
    const common = { model: wanted, store: false, stream: true, tools }
    const developer = { type: 'message', role: 'developer', content: 'Be brief.' }

    const warm = await client.ask({ ...common, generate: false, input: [developer] })
    expect(warm.map(({ type }) => type)).toEqual(['response.created', 'response.completed'])
    expect(warm.at(-1)).toMatchObject({ response: { output: [], status: 'completed' } })
    expect(asked(demo)).toHaveLength(0)

    const turn = await client.ask({
      ...common,
      input: [user('Call look.')],
      previous_response_id: idOf(warm),
      tool_choice: { type: 'function', name: 'look' },
    })
    expect(turn[0]).toMatchObject({ type: 'response.created' })
    const output = responseIn(turn)['output'] as JsonObject[]
    const call = output.find(({ type }) => type === 'function_call')
    expect(call).toBeDefined()
    expect(JSON.stringify(asked(demo).at(-1)?.body)).toContain('Be brief.')

    const result = { type: 'function_call_output', call_id: call?.['call_id'], output: 'A door.' }
    const end = await client.ask({
      ...common,
      input: [result],
      previous_response_id: idOf(turn),
    })
    expect(end.at(-1)).toMatchObject({ type: 'response.completed' })
    const whole = JSON.stringify(asked(demo).at(-1)?.body)
    for (const said of ['Be brief.', 'Call look.', 'A door.']) expect(whole).toContain(said)
    expect(asked(demo).map(({ initiator }) => initiator)).toEqual(['user', 'agent'])
    client.socket.close()
  })
}

test('permessage-deflate is declined', async () => {
  await using demo = await startDemoGateway()
  const client = await connectSocket(demo.url, {}, '/responses', { perMessageDeflate: true })
  expect(client.extensions).toBe('')
  client.socket.close()
})

test('the initiator on the upgrade holds for the first turn only; a frame’s own always', async () => {
  await using demo = await startDemoGateway(RECORDED)
  const client = await connectSocket(demo.url, { 'x-initiator': 'agent' })
  const body = { model: 'gpt-4o', store: false, input: [user('a')] }
  await client.ask(body)
  await client.ask(body)
  await client.ask({ ...body, initiator: 'agent', headers: { 'X-Interaction-Id': 'turn-3' } })
  expect(asked(demo).map(({ initiator }) => initiator)).toEqual(['agent', 'user', 'agent'])
  expect(asked(demo)[2]?.headers['x-interaction-id']).toBe('turn-3')
  expect(asked(demo)[2]?.body).not.toHaveProperty('initiator')
  expect(asked(demo)[2]?.body).not.toHaveProperty('headers')
  client.socket.close()
})

test('a lost response is said to be lost, and the connection goes on', async () => {
  await using demo = await startDemoGateway()
  const client = await connectSocket(demo.url)
  const body = { model, store: false, input: [user('a')] }
  const [frame] = await client.ask({ ...body, previous_response_id: 'resp_gone' })
  expect(frame).toMatchObject({
    type: 'error',
    status: 400,
    error: { code: 'previous_response_not_found' },
  })
  expect((await client.ask(body)).at(-1)).toMatchObject({ type: 'response.completed' })
  client.socket.close()
})

test('what one connection was told, another does not know; what was stored, both do', async () => {
  await using demo = await startDemoGateway()
  const [one, other] = [await connectSocket(demo.url), await connectSocket(demo.url)]
  const input = [user('a')]
  const own = idOf(await one.ask({ model, input, store: false }))
  const shared = idOf(await one.ask({ model, input }))
  expect(await other.ask({ model, input, previous_response_id: own })).toMatchObject([
    { type: 'error' },
  ])
  const [created] = await other.ask({ model, input, previous_response_id: shared })
  expect(created).toMatchObject({ response: { previous_response_id: shared, store: true } })
  one.socket.close()
  other.socket.close()
})

test.each([
  ['no JSON', '{"type":', 400, 'invalid_json'],
  ['no object', '[]', 400, 'invalid_json'],
  ['another type', '{"type":"response.steer"}', 400, 'invalid_frame'],
  ['a model that is no text', '{"type":"response.create","model":5}', 400, 'invalid_type'],
  ['channels', '{"type":"response.create","stream_id":"b"}', 400, 'unsupported_parameter'],
  [
    'an unknown model',
    `{"type":"response.create","model":"nope","input":"a"}`,
    404,
    'model_not_found',
  ],
])('%s is answered by an error frame', async (_name, text, status, code) => {
  await using demo = await startDemoGateway()
  const client = await connectSocket(demo.url)
  client.socket.send(text)
  expect(await client.next()).toMatchObject({ type: 'error', status, error: { code } })
  expect(client.socket.readyState).toBe(client.socket.OPEN)
  client.socket.close()
})

test('a failure upstream comes as a frame, with the time to wait', async () => {
  await using demo = await startDemoGateway()
  demo.emulator.control.faults.add({
    on: { route: 'chat' },
    do: { kind: 'error', name: 'rate_limited', retryAfter: 7 },
  })
  const client = await connectSocket(demo.url, { 'x-litellm-num-retries': '0' })
  const frames = await client.ask({ model: 'gpt-4o', store: false, input: [user('a')] })
  expect(frames).toMatchObject([{ type: 'error', status: 429, headers: { 'retry-after': '7' } }])
  client.socket.close()
})

for (const [name, action] of [
  ['refused', { kind: 'error', name: 'user_global_rate_limited' }],
  ['cut', { kind: 'reset', after: 4 }],
] as const) {
  test(`a turn that is ${name} takes what it went on from along, unless that is stored`, async () => {
    await using demo = await startDemoGateway()
    const client = await connectSocket(demo.url)
    for (const store of [false, true]) {
      const common = { model, store, num_retries: 0 }
      const first = await client.ask({ ...common, input: [user('One.')] })
      const previous_response_id = idOf(first)
      demo.emulator.control.faults.add({
        on: { route: 'responses-ws-message' },
        times: 1,
        do: action,
      })
      const next = { ...common, input: [user('Two.')], previous_response_id }
      const failed = await client.ask(next)
      // One frame ends it, or the second would be taken for the answer to the next.
      const ends = failed.filter(({ type }) => type === 'error' || type === 'response.failed')
      expect(ends.map(({ type }) => type)).toEqual([name === 'cut' ? 'response.failed' : 'error'])
      const again = (await client.ask(next)).at(-1)
      if (store) expect(again).toMatchObject({ type: 'response.completed' })
      else
        expect(again).toMatchObject({
          type: 'error',
          status: 400,
          error: { code: 'previous_response_not_found' },
        })
    }
    client.socket.close()
  })
}

test('a result of a call that nobody made is refused, and takes along what it goes on from', async () => {
  for (const wanted of [model, 'gpt-4o']) {
    await using demo = await startDemoGateway()
    const client = await connectSocket(demo.url)
    const common = { model: wanted, store: false }
    const previous_response_id = idOf(await client.ask({ ...common, input: [user('One.')] }))
    const stray = { type: 'function_call_output', call_id: 'call_nobody', output: 'x' }
    const [refused] = await client.ask({ ...common, input: [stray], previous_response_id })
    expect(refused).toMatchObject({
      type: 'error',
      status: 400,
      error: { code: 'unknown_call_id' },
    })
    const [gone] = await client.ask({ ...common, input: [user('Two.')], previous_response_id })
    expect(gone).toMatchObject({ error: { code: 'previous_response_not_found' } })
    client.socket.close()
  }
})

test('a turn that the gateway itself refuses takes it along, one that came too early does not', async () => {
  await using demo = await startDemoGateway()
  const client = await connectSocket(demo.url)
  const common = { model, store: false }
  const first = idOf(await client.ask({ ...common, input: [user('One.')] }))
  client.send({
    type: 'response.create',
    ...common,
    input: [user('Two.')],
    previous_response_id: first,
  })
  client.send({
    type: 'response.create',
    ...common,
    input: [user('Early.')],
    previous_response_id: first,
  })
  let frame = await client.next()
  while (frame['type'] !== 'response.completed') frame = await client.next()
  const next = { ...common, previous_response_id: first }
  expect((await client.ask({ ...next, input: [user('Three.')] })).at(-1)?.['type']).toBe(
    'response.completed',
  )
  const wrong = await client.ask({
    ...next,
    input: [{ type: 'message', role: 'robot', content: '' }],
  })
  expect(wrong.at(-1)).toMatchObject({
    type: 'error',
    status: 400,
    error: { code: 'invalid_type' },
  })
  expect((await client.ask({ ...next, input: [user('Four.')] })).at(-1)).toMatchObject({
    error: { code: 'previous_response_not_found' },
  })
  client.socket.close()
})

test('binary frames are refused, larger ones than the bound end the connection', async () => {
  const { gateway } = await startTestGateway({ maxBodyBytes: 1000 })
  const client = await connectSocket(gateway.url)
  client.socket.send(Buffer.from('{}'))
  expect(await client.next()).toMatchObject({ type: 'error', error: { code: 'invalid_frame' } })
  client.socket.send('x'.repeat(1001))
  expect(await client.closed).toBe(1009)
  await gateway.close()
})

test('one response at a time: a second create is refused, the first goes on', async () => {
  const { gateway, engine } = await startTestGateway()
  let finish = (): void => {}
  engine.answer = async (_call, sink) => {
    sink.head(200, { 'content-type': 'text/event-stream' })
    sink.write(event('response.created', { id: 'resp_1' }))
    await new Promise<void>((resolve) => {
      finish = resolve
    })
    sink.end(event('response.completed', { id: 'resp_1', output: [] }))
  }
  const client = await connectSocket(gateway.url)
  client.send({ type: 'response.create', model, input: 'a' })
  expect(await client.next()).toMatchObject({ type: 'response.created' })
  client.send({ type: 'response.create', model, input: 'b' })
  expect(await client.next()).toMatchObject({ error: { code: 'response_in_progress' } })
  finish()
  expect(await client.next()).toMatchObject({ type: 'response.completed' })
  client.socket.close()
  await gateway.close()
})

test('a client that has its last event may ask on, though the upstream has not closed', async () => {
  const { gateway, engine } = await startTestGateway()
  const ends: (() => void)[] = []
  engine.answer = async (_call, sink) => {
    sink.head(200, { 'content-type': 'text/event-stream' })
    sink.write(event('response.completed', { id: 'resp_1', output: [] }))
    await new Promise<void>((resolve) => ends.push(resolve))
    sink.end()
  }
  const client = await connectSocket(gateway.url)
  for (const input of ['a', 'b']) {
    const [frame] = await client.ask({ model, input })
    expect(frame).toMatchObject({ type: 'response.completed' })
  }
  expect(gateway.inFlight).toBe(2)
  for (const end of ends) end()
  client.socket.close()
  await gateway.close()
})

test('closing the socket ends the call', async () => {
  const { gateway, engine } = await startTestGateway()
  const aborted = new Promise<void>((resolve) => {
    engine.answer = async (call, sink) => {
      sink.head(200, { 'content-type': 'text/event-stream' })
      sink.write(event('response.created', { id: 'resp_1' }))
      await once(abortSignalOf(call.signal), 'abort')
      resolve()
    }
  })
  const client = await connectSocket(gateway.url)
  client.send({ type: 'response.create', model, input: 'a' })
  await client.next()
  client.socket.terminate()
  await aborted
  await gateway.close()
})

test('draining ends idle connections at once and busy ones after their response', async () => {
  const { gateway, engine } = await startTestGateway()
  let finish = (): void => {}
  engine.answer = async (_call, sink) => {
    sink.head(200, { 'content-type': 'text/event-stream' })
    sink.write(event('response.created', { id: 'resp_1' }))
    await new Promise<void>((resolve) => {
      finish = resolve
    })
    sink.end(event('response.completed', { id: 'resp_1', output: [] }))
  }
  const [idle, busy] = [await connectSocket(gateway.url), await connectSocket(gateway.url)]
  busy.send({ type: 'response.create', model, input: 'a' })
  await busy.next()
  const drained = gateway.drain(30_000)
  expect(await idle.closed).toBe(1001)
  await expect(connectSocket(gateway.url)).rejects.toMatchObject({ status: 503 })
  finish()
  expect(await busy.next()).toMatchObject({ type: 'response.completed' })
  expect(await busy.closed).toBe(1001)
  expect(await drained).toEqual({ cut: 0 })
})

test('a drain that runs out ends the response under way with its error frame', async () => {
  await using demo = await startDemoGateway({ emulator: { pace: 20 } })
  const client = await connectSocket(demo.url)
  client.send({ type: 'response.create', model, input: 'hi' })
  const frames = [await client.next()]
  const drained = demo.gateway.drain(1)
  while (frames.at(-1)?.['type'] !== 'response.failed') frames.push(await client.next())
  expect(responseIn(frames)['error']).toMatchObject({
    message: expect.stringContaining('stopping'),
  })
  expect(await client.closed).toBe(1001)
  expect(await drained).toEqual({ cut: 1 })
})

const { responses } = DEFAULT_SETTINGS.gateway

test.each([
  ['switched off', { responses: { ...responses, webSocket: false } }, {}, '/v1/responses', 426],
  ['no key', { masterKey: 'sk-1' }, {}, '/v1/responses', 401],
  ['a wrong key', { masterKey: 'sk-1' }, { authorization: 'Bearer x' }, '/v1/responses', 401],
  ['another path', {}, {}, '/v1/chat/completions', 404],
  ['a web page', {}, { origin: 'https://evil.example' }, '/v1/responses', 403],
  ['another host', {}, { host: 'evil.example' }, '/v1/responses', 403],
  ['no room', { maxConcurrentCalls: 0 }, {}, '/v1/responses', 503],
])('%s is refused before the upgrade', async (_name, settings, headers, path, status) => {
  const { gateway } = await startTestGateway(settings)
  await expect(connectSocket(gateway.url, headers, path)).rejects.toMatchObject({ status })
  await gateway.close()
})

test.each(['8', '14', 'x'])(
  'version %s of the protocol is refused with the one there is',
  async (version) => {
    const { gateway, engine } = await startTestGateway()
    const reply = await send(gateway.url, '/v1/responses', {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': version,
      },
    })
    expect(reply.status).toBe(426)
    expect(reply.headers).toMatchObject({ 'sec-websocket-version': '13', upgrade: 'websocket' })
    expect(reply.json).toMatchObject({ error: { code: 'websocket_version' } })
    expect(engine.calls).toEqual([])
    await gateway.close()
  },
)

test('the right key opens it, and a key that is revoked meanwhile opens nothing more', async () => {
  let good = true
  const authenticator = {
    authenticate: (keys: readonly string[]) => {
      if (!good || !keys.includes('sk-ada')) throw new AuthenticationError('this key is not known')
      return { kind: 'key', keyId: 'ada', seat: 'own' } as const
    },
  }
  const { gateway, engine } = await startTestGateway({ masterKey: 'sk-1' }, { authenticator })
  const client = await connectSocket(gateway.url, { authorization: 'Bearer sk-ada' })
  engine.answer = (_call, sink) => {
    sink.head(200, { 'content-type': 'text/event-stream' })
    sink.end(event('response.completed', { id: 'resp_1', output: [] }))
  }
  await client.ask({ model, input: 'a' })
  expect(engine.calls[0]?.caller).toMatchObject({ keyId: 'ada' })
  good = false
  expect(await client.ask({ model, input: 'a' })).toMatchObject([{ type: 'error', status: 401 }])
  expect(engine.calls).toHaveLength(1)
  client.socket.close()
  await gateway.close()
})

test('a request that merely offers HTTP/2 is answered over HTTP/1.1, with its body', async () => {
  const { gateway, engine } = await startTestGateway()
  const body = JSON.stringify({ model, input: 'from Java', store: false })
  const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMA' }
  const reply = await send(gateway.url, '/v1/responses', {
    method: 'POST',
    headers: { ...offer, 'content-type': 'application/json', 'content-length': `${body.length}` },
    body,
  })
  expect(reply.status).toBe(200)
  expect(engine.calls[0]?.body.json['input']).toBe('from Java')

  // And in pieces, the body after the head.
  const socket = connect(gateway.port, '127.0.0.1')
  await once(socket, 'connect')
  const head = `POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\nContent-Length: ${body.length}\r\n\r\n`
  socket.write(head)
  socket.write(body.slice(0, 10))
  socket.write(body.slice(10))
  const [first] = (await once(socket, 'data')) as [Buffer]
  expect(first.toString('latin1')).toMatch(/^HTTP\/1\.1 200/)
  socket.destroy()
  await gateway.close()
})

test('HTTP is served beside it as before', async () => {
  const { gateway } = await startTestGateway()
  const client = await connectSocket(gateway.url)
  expect((await post(gateway.url, '/v1/responses', { model, input: 'a' })).status).toBe(200)
  client.socket.close()
  await gateway.close()
})

function event(type: string, response: JsonObject): Buffer {
  return Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, response })}\n\n`)
}
