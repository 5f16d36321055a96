import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/core/default-settings.ts'
import { asObject } from '../../src/core/json.ts'
import type { Fault } from '../../src/emulator/index.ts'
import { startDemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'
import type { DemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'
import { connectSocket } from '../../src/gateway/__fixtures__/socket-client.ts'
import { post } from '../../src/gateway/__fixtures__/start-test-gateway.ts'

const model = 'gpt-5.3-codex'

function start(upstreamWebSocket: boolean | 'for-web-sockets' = true): Promise<DemoGateway> {
  const { router, gateway } = DEFAULT_SETTINGS
  const settings = {
    ...DEFAULT_SETTINGS,
    gateway: { ...gateway, port: 0 },
    router: { ...router, upstreamWebSocket },
  }
  return startDemoGateway({ gateway: { settings }, emulator: { recordBodies: true } })
}

function calls({ emulator }: DemoGateway): string[] {
  return emulator.control.requests
    .list()
    .filter(({ route }) => /^(?:responses|chat|messages)/.test(route))
    .map(({ route, status, initiator }) => `${route} ${status ?? ''} ${initiator ?? ''}`.trim())
}

function ask(demo: DemoGateway, extra: object = {}) {
  return post(demo.url, '/v1/responses', {
    model,
    input: 'Say hello.',
    store: false,
    stream: true,
    ...extra,
  })
}

test('a stream comes over the WebSocket, and the next over the same one', async () => {
  await using demo = await start()
  for (const input of ['one', 'two']) {
    const reply = await ask(demo, { input })
    expect(reply.status).toBe(200)
    expect(reply.text).toContain('event: response.created')
    expect(reply.text).toContain('event: response.completed')
    expect(reply.headers['x-jetway-wire']).toBe('responses')
  }
  expect(calls(demo)).toEqual([
    'responses-ws 101',
    'responses-ws-message 200 user',
    'responses-ws-message 200 user',
  ])
})

test('it is billed and settled as over HTTP', async () => {
  const usages = []
  for (const over of [true, false]) {
    await using demo = await start(over)
    const { text } = await ask(demo)
    const last = /event: response\.completed\ndata: (.*)/.exec(text)?.[1] ?? '{}'
    usages.push((JSON.parse(last) as { response: { usage: unknown } }).response.usage)
    expect(demo.emulator.control.requests.list().at(-1)?.usage).toBeDefined()
  }
  expect(usages[0]).toEqual(usages[1])
})

test('other dialects use it, too; whole answers and models that do not list it do not', async () => {
  await using demo = await start()
  const messages = [{ role: 'user', content: 'Say hello.' }]
  const chat = await post(demo.url, '/v1/chat/completions', { model, messages, stream: true })
  expect(chat.text).toContain('data: [DONE]')
  await ask(demo, { stream: false })
  await ask(demo, { model: 'gpt-4o' })
  expect(calls(demo).map((line) => line.split(' ')[0])).toEqual([
    'responses-ws',
    'responses-ws-message',
    'responses',
    'chat',
  ])
})

test('switched off, everything goes over HTTP', async () => {
  await using demo = await start(false)
  await ask(demo)
  await askOverSocket(demo)
  expect(calls(demo)).toEqual(['responses 200 user', 'responses 200 user'])
})

test('by default it is for clients that came over a WebSocket themselves', async () => {
  const { upstreamWebSocket } = DEFAULT_SETTINGS.router
  await using demo = await start(upstreamWebSocket)
  await ask(demo)
  await askOverSocket(demo)
  expect(calls(demo)).toEqual([
    'responses 200 user',
    'responses-ws 101',
    'responses-ws-message 200 user',
  ])
})

test('what does not fit into one frame goes over HTTP', async () => {
  await using demo = await start()
  const body = { model, input: 'Say hello.', store: false, stream: true, metadata: { pad: '' } }
  const whole = JSON.stringify(body).replace('"pad":""', `"pad":"${'x'.repeat(16 * 1024 * 1024)}"`)
  const reply = await post(demo.url, '/v1/responses', whole)
  expect(reply.status).toBe(200)
  expect(calls(demo).map((line) => line.split(' ')[0])).toEqual(['responses'])
})

async function askOverSocket(demo: DemoGateway, extra: object = {}) {
  const client = await connectSocket(demo.url)
  const frames = await client.ask({ model, input: 'Say hello.', store: false, ...extra })
  client.socket.close()
  return frames
}

test('a foreign item id is healed as over HTTP', async () => {
  await using demo = await start()
  const input = [
    { type: 'message', role: 'user', content: 'a' },
    {
      type: 'message',
      role: 'assistant',
      id: `${'x'.repeat(400)}==`,
      content: [{ type: 'output_text', text: 'b' }],
    },
    { type: 'message', role: 'user', content: 'c' },
  ]
  expect((await ask(demo, { input })).text).toContain('event: response.completed')
})

describe('what goes wrong is not noticed where HTTP can help', () => {
  const handshake = (action: Fault['do']): Fault => ({ on: { route: 'responses-ws' }, do: action })
  test.each([
    ['a refused handshake', handshake({ kind: 'reply', status: 426 })],
    ['a broken handshake', handshake({ kind: 'reset' })],
    [
      'a refusal of the request',
      {
        on: { route: 'responses-ws-message' },
        do: { kind: 'reply', status: 400, body: { error: { code: 'bad_request', message: 'no' } } },
      },
    ],
  ] satisfies [string, Fault][])('%s', async (_name, fault) => {
    await using demo = await start()
    demo.emulator.control.faults.add(fault)
    const reply = await ask(demo)
    expect(reply.status).toBe(200)
    expect(reply.text).toContain('event: response.completed')
    expect(reply.headers['x-jetway-attempts']).toBe('1')
    expect(calls(demo).at(-1)).toBe('responses 200 user')
    const frames = await askOverSocket(demo)
    expect(frames[0]).toMatchObject({ type: 'response.created' })
    expect(frames.at(-1)).toMatchObject({ type: 'response.completed' })
    expect(calls(demo).at(-1)).toBe('responses 200 user')
  })

  test('a connection that is cut before the first event is another attempt', async () => {
    await using demo = await start()
    demo.emulator.control.faults.add({
      on: { route: 'responses-ws-message' },
      do: { kind: 'reset' },
    })
    const reply = await ask(demo)
    expect(reply.status).toBe(200)
    expect(reply.headers['x-jetway-attempts']).toBe('2')
    expect(calls(demo).at(-1)).toBe('responses 200 agent')
  })

  test('the same for a client on a WebSocket', async () => {
    await using demo = await start('for-web-sockets')
    demo.emulator.control.faults.add({
      on: { route: 'responses-ws-message' },
      do: { kind: 'reset' },
    })
    const frames = await askOverSocket(demo)
    expect(frames.map(({ type }) => type)).not.toContain('error')
    expect(frames.at(-1)).toMatchObject({ type: 'response.completed' })
    expect(calls(demo).at(-1)).toBe('responses 200 agent')
  })
})

test('a cut in the middle ends the stream with the dialect’s error', async () => {
  await using demo = await start()
  demo.emulator.control.faults.add({
    on: { route: 'responses-ws-message' },
    do: { kind: 'reset', after: 4 },
  })
  const { status, text } = await ask(demo)
  expect(status).toBe(200)
  expect(text).toContain('event: response.failed')
  const frames = await askOverSocket(demo)
  expect(frames.at(-1)).toMatchObject({ type: 'response.failed' })
  expect(frames.filter(({ type }) => type === 'error')).toEqual([])
})

test('a turn goes on from the one before, told as a whole', async () => {
  await using demo = await start('for-web-sockets')
  const client = await connectSocket(demo.url)
  const first = await client.ask({ model, input: 'My name is Ada.', store: false })
  const last = asObject(first.at(-1)?.['response'])
  const more = { model, input: 'And now?', store: false, previous_response_id: last?.['id'] }
  expect((await client.ask(more)).at(-1)).toMatchObject({ type: 'response.completed' })
  client.socket.close()
  const asked = JSON.stringify(demo.emulator.control.requests.list().at(-1)?.body)
  expect(asked).toContain('My name is Ada.')
  expect(asked).not.toContain('previous_response_id')
})

test('a rate limit is told at once, and not asked for twice', async () => {
  await using demo = await start()
  demo.emulator.control.faults.add({
    on: { route: 'responses-ws-message' },
    do: { kind: 'error', name: 'user_global_rate_limited' },
  })
  const reply = await ask(demo, { num_retries: 0 })
  expect(reply.status).toBe(429)
  expect(calls(demo)).toEqual(['responses-ws 101', 'responses-ws-message 429 user'])
})
