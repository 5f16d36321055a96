import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { call, user } from '../__fixtures__/caller.ts'
import type { Caller, Loose } from '../__fixtures__/caller.ts'

const MODEL = 'gpt-5.3-codex'

interface Connection {
  /** Sends a message and gives its events, up to the one that ends it. */
  readonly ask: (message: object) => Promise<Loose[]>
  readonly socket: WebSocket
  readonly closed: () => Promise<number>
}

const LAST = /^(?:response\.(?:completed|failed|incomplete)|error)$/

function connect(caller: Caller, headers: object = {}, path = '/responses'): Promise<Connection> {
  const socket = new WebSocket(caller.emulator.url.replace('http', 'ws') + path, {
    headers: { ...caller.headers({ 'x-initiator': undefined }), ...headers },
  })
  const inbox: Loose[] = []
  let wake = (): void => undefined
  socket.on('message', (data: Buffer) => {
    inbox.push(JSON.parse(data.toString()) as Loose)
    wake()
  })
  const closing = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      resolve(code)
      wake()
    })
  })
  const ask = async (message: object): Promise<Loose[]> => {
    socket.send(JSON.stringify({ type: 'response.create', model: MODEL, store: false, ...message }))
    const events: Loose[] = []
    for (;;) {
      const next = inbox.shift()
      if (next) events.push(next)
      if (next && LAST.test(next['type'])) return events
      if (!next && socket.readyState !== WebSocket.OPEN) return events
      if (!next) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  }
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      resolve({ ask, socket, closed: () => closing })
    })
    socket.on('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => {
        reject(new Error(`${response.statusCode} ${body}`))
      })
    })
    socket.on('error', reject)
  })
}

test('a conversation over one connection: only what is new is sent', async () => {
  await using caller = await call()
  const { ask, socket } = await connect(caller)
  const exec = {
    type: 'function',
    name: 'shell',
    parameters: {
      type: 'object',
      properties: { command: { type: 'array', items: { type: 'string' } } },
    },
  }
  const first = await ask({ input: [user('run: ls')], tools: [exec], initiator: 'user' })
  const done = first.at(-1)
  expect(done?.['type']).toBe('response.completed')
  const callItem = done?.['response']['output'].at(-1)
  expect(callItem).toMatchObject({ name: 'shell', arguments: '{"command":["bash","-lc","ls"]}' })
  const second = await ask({
    previous_response_id: done?.['response']['id'],
    input: [{ type: 'function_call_output', call_id: callItem?.['call_id'], output: 'a.txt' }],
    tools: [exec],
    initiator: 'agent',
  })
  expect(second.at(-1)?.['response']['output'][0]?.['content'][0]?.['text']).toContain('a.txt')
  const seen = caller.emulator.control.requests.list({ route: 'responses-ws-message' })
  expect(seen.map((one) => [one.initiator, one.premiumNano, one.outcome])).toEqual([
    ['user', 1_000_000_000, 'complete'],
    ['agent', 0, 'complete'],
  ])
  socket.close()
})

test('a warm-up answers nothing and bills nothing, and can be gone on from', async () => {
  await using caller = await call()
  const { ask, socket } = await connect(caller)
  const warm = await ask({ generate: false, input: [{ role: 'developer', content: 'Be brief.' }] })
  expect(warm.map((one) => one['type'] as string)).toEqual([
    'response.created',
    'response.completed',
  ])
  expect(warm.at(-1)?.['response']['output']).toEqual([])
  expect(caller.emulator.control.counters.read().billed).toEqual({})
  const turn = await ask({
    previous_response_id: warm.at(-1)?.['response']['id'],
    input: [user('say: ok')],
  })
  expect(turn.at(-1)?.['response']['output'][0]?.['content'][0]?.['text']).toBe('ok')
  const input = Number(turn.at(-1)?.['response']['usage']['input_tokens'])
  expect(input).toBe(5 + 3)
  socket.close()
})

test('only the newest response of the same connection can be gone on from', async () => {
  await using caller = await call()
  const one = await connect(caller)
  const first = (await one.ask({ input: [user('a')] })).at(-1)?.['response']['id']
  await one.ask({ input: [user('b')] })
  const stale = await one.ask({ previous_response_id: first, input: [user('c')] })
  expect(stale.at(-1)?.['error']['code']).toBe('previous_response_not_found')
  const newest = (await one.ask({ input: [user('d')] })).at(-1)?.['response']['id']
  const other = await connect(caller)
  const foreign = await other.ask({ previous_response_id: newest, input: [user('e')] })
  expect(foreign.at(-1)?.['error']['code']).toBe('previous_response_not_found')
  one.socket.close()
  other.socket.close()
})

test('item ids are good on their own connection', async () => {
  await using caller = await call()
  const one = await connect(caller)
  const item = (await one.ask({ input: [user('a')] })).at(-1)?.['response']['output'][0]
  const again = { input: [user('a'), item, user('b')] }
  expect((await one.ask(again)).at(-1)?.['type']).toBe('response.completed')
  const other = await connect(caller)
  expect((await other.ask(again)).at(-1)?.['error']['message']).toBe(
    'input item ID does not belong to this connection',
  )
  one.socket.close()
  other.socket.close()
})

const REFUSED_FRAMES: readonly [name: string, message: object, code: string][] = [
  ['a message of another type', { type: 'session.update' }, 'bad_request'],
  [
    'a model without WebSocket',
    { model: 'grok-4.6', input: [user('a')] },
    'unsupported_api_for_model',
  ],
  ['an unknown model', { model: 'gpt-9', input: [user('a')] }, 'model_not_supported'],
  ['a bad body', { input: [], store: true }, 'invalid_request_body'],
]

for (const [name, message, code] of REFUSED_FRAMES) {
  test(`${name} gets an error frame and the connection stays`, async () => {
    await using caller = await call()
    const { ask, socket } = await connect(caller)
    const [frame] = await ask(message)
    expect(frame?.['type']).toBe('error')
    expect(frame?.['error']['code']).toBe(code)
    expect(frame?.['copilot_quota_snapshots']).toHaveProperty('premium_interactions')
    expect((await ask({ input: [user('a')] })).at(-1)?.['type']).toBe('response.completed')
    socket.close()
  })
}

test('limits carry the plan behind the code', async () => {
  await using caller = await call({
    accounts: [
      {
        login: 'octo',
        plan: 'enterprise',
        limits: { session: { entitlement: 1, percentRemaining: 0 } },
      },
    ],
  })
  const { ask, socket } = await connect(caller)
  expect((await ask({ input: [user('a')] }))[0]?.['error']['code']).toBe(
    'user_global_rate_limited:enterprise',
  )
  socket.close()
})

const HANDSHAKES: readonly [name: string, headers: object, path: string, message: string][] = [
  ['another path', {}, '/other', '404 404 page not found\n'],
  ['a forged token', { authorization: 'Bearer tid=1;exp=2:3' }, '/responses', '401 unauthorized'],
  ['no editor', { 'editor-version': '' }, '/responses', '400 bad request: missing Editor-Version'],
]

for (const [name, headers, path, message] of HANDSHAKES) {
  test(`a handshake with ${name} is refused over HTTP`, async () => {
    await using caller = await call()
    await expect(connect(caller, headers, path)).rejects.toThrow(message)
  })
}

test('a handshake can be refused by a fault, such as 426', async () => {
  await using caller = await call()
  caller.emulator.control.faults.add({
    on: { route: 'responses-ws' },
    times: 1,
    do: { kind: 'reply', status: 426, body: 'Upgrade Required' },
  })
  await expect(connect(caller)).rejects.toThrow('426 Upgrade Required')
  const { socket } = await connect(caller)
  socket.close()
})

const BREAKS = [
  ['cut', 3, 1011],
  ['reset', 3, 1006],
] as const

for (const [kind, after, code] of BREAKS) {
  test(`${kind} ends the connection after ${after} events`, async () => {
    await using caller = await call()
    const { control } = caller.emulator
    control.faults.add({ on: { route: 'responses-ws-message' }, do: { kind, after } })
    const { ask, closed } = await connect(caller)
    expect(await ask({ input: [user('a')] })).toHaveLength(after)
    expect(await closed()).toBe(code)
    const [record] = await control.requests.waitFor({ filter: { route: 'responses-ws-message' } })
    expect([record?.outcome, record?.events]).toEqual(['cut', after])
  })
}

test('an error event in the middle leaves the connection open', async () => {
  await using caller = await call()
  caller.emulator.control.faults.add({
    on: { route: 'responses-ws-message' },
    times: 1,
    do: { kind: 'stream-error', after: 2, code: 'internal_error' },
  })
  const { ask, socket } = await connect(caller)
  const events = await ask({ input: [user('a')] })
  expect(events.map((one) => one['type'] as string).slice(-1)).toEqual(['error'])
  expect((await ask({ input: [user('a')] })).at(-1)?.['type']).toBe('response.completed')
  socket.close()
})

test('a client that goes away in the middle of an answer is noticed', async () => {
  await using caller = await call({ pace: 20 })
  const { ask, socket } = await connect(caller)
  socket.once('message', () => {
    socket.terminate()
  })
  await ask({ input: [user('write 200 words')] })
  const [record] = await caller.emulator.control.requests.waitFor({
    filter: { route: 'responses-ws-message' },
  })
  expect(record?.outcome).toBe('aborted')
})

test('a frame over 16 MiB closes the connection', async () => {
  await using caller = await call()
  const { socket, closed } = await connect(caller)
  socket.send('x'.repeat(16_777_217))
  expect(await closed()).toBe(1009)
})
