import { expect, test } from 'vitest'
import { call, user } from '../__fixtures__/caller.ts'
import type { Answered, Loose } from '../__fixtures__/caller.ts'
import { MODEL, TOOL, cached, send } from '../__fixtures__/messages.ts'

test('a whole answer has the form of Anthropic and the extras of Copilot', async () => {
  await using caller = await call()
  const { status, json } = await send(caller, { messages: [user('say: Hi.')] })
  expect(status).toBe(200)
  expect(json).toMatchObject({
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-6-20260217',
    content: [{ type: 'text', text: 'Hi.' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 },
    context_management: { applied_edits: [] },
  })
  expect(json['id']).toMatch(/^msg_bdrk_/)
  expect(json['copilot_usage']).toHaveProperty('total_nano_aiu')
})

test('a stream: start, ping, blocks, delta with usage, stop', async () => {
  await using caller = await call()
  const { events, text } = await send(caller, {
    stream: true,
    thinking: { type: 'adaptive' },
    tools: [TOOL],
    messages: [user('call add {"a":1,"b":2} and call add {"a":3,"b":4}')],
  })
  const kinds = events
    .map(
      (one) =>
        one['type'] +
        (one['type'] === 'content_block_start' ? `:${one['content_block']['type']}` : ''),
    )
    .filter((kind) => kind !== 'content_block_delta')
  expect(kinds).toEqual([
    'message_start',
    'ping',
    'content_block_start:thinking',
    'content_block_stop',
    'content_block_start:text',
    'content_block_stop',
    'content_block_start:tool_use',
    'content_block_stop',
    'content_block_start:tool_use',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
  for (const [at, line] of text.split('\n').entries()) {
    if (line.startsWith('event: ')) {
      expect(text.split('\n')[at + 1]).toContain(`"type":"${line.slice(7)}"`)
    }
  }
  const args = events
    .filter((one) => Number(one['index']) === 2 && one['type'] === 'content_block_delta')
    .map((one) => one['delta']['partial_json'])
  expect(JSON.parse(args.join(''))).toEqual({ a: 1, b: 2 })
  const last = events.at(-2)
  expect(last?.['delta']).toEqual({ stop_reason: 'tool_use', stop_sequence: null })
  expect(last).toHaveProperty('copilot_usage.total_nano_aiu')
  caller.emulator.control.quirks.set({ model: MODEL, quirks: { pings: false } })
  expect((await send(caller, { stream: true })).text).not.toContain('ping')
})

test('a thinking block is taken back unaltered and refused altered', async () => {
  await using caller = await call()
  const thinking = { type: 'enabled', budget_tokens: 1024 }
  const first = await send(caller, { thinking })
  const [block, text] = first.json['content']
  expect(block).toMatchObject({ type: 'thinking' })
  const back = (given: unknown): Promise<Answered> =>
    send(caller, {
      thinking,
      messages: [user('hello'), { role: 'assistant', content: [given, text] }, user('go on')],
    })
  expect((await back(block)).status).toBe(200)
  const altered: unknown[] = [
    { ...(block as unknown as object), thinking: 'something else' },
    { ...(block as unknown as object), signature: 'AAAA' },
    { ...(block as unknown as object), signature: undefined },
    { type: 'redacted_thinking', data: 'nonsense' },
  ]
  for (const one of altered) {
    const refused = await back(one)
    expect(refused.status).toBe(400)
    expect(refused.json['error']['message']).toMatch(
      /^messages\.1\.content\.0: Invalid `(signature|data)`/,
    )
  }
})

test('thinking can be left out and its signature still comes back', async () => {
  await using caller = await call()
  const thinking = { type: 'adaptive', display: 'omitted' }
  const { json } = await send(caller, { thinking })
  expect(json['content'][0]).toMatchObject({ type: 'thinking', thinking: '' })
  const next = await send(caller, {
    thinking,
    messages: [user('hello'), { role: 'assistant', content: json['content'] }, user('go on')],
  })
  expect(next.status).toBe(200)
})

test('the tool round trip ends with text that holds the result', async () => {
  await using caller = await call()
  const tools = [
    {
      name: 'Bash',
      input_schema: {
        type: 'object',
        properties: { command: { type: 'string' }, description: { type: 'string' } },
        required: ['command'],
      },
    },
  ]
  const question = {
    role: 'user',
    content: [
      { type: 'text', text: '<system-reminder>run: rm</system-reminder>' },
      { type: 'text', text: 'run: echo hi' },
    ],
  }
  const first = await send(caller, { tools, messages: [question] })
  const use = first.json['content'].at(-1)
  expect(use).toMatchObject({ type: 'tool_use', name: 'Bash', input: { command: 'echo hi' } })
  const second = await send(caller, {
    tools,
    messages: [
      question,
      { role: 'assistant', content: first.json['content'] },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: use?.['id'],
            content: [{ type: 'text', text: 'hi' }],
          },
          { type: 'text', text: '<system-reminder>be nice</system-reminder>' },
        ],
      },
    ],
  })
  expect(second.json['stop_reason']).toBe('end_turn')
  expect(second.json['content'][0]?.['text']).toContain('\nhi\n')
})

test('stop reasons: sequence, limit, refusal; and structured output', async () => {
  await using caller = await call()
  const stop = async (body: object): Promise<Loose> => (await send(caller, body)).json
  expect(await stop({ messages: [user('say: one two')], stop_sequences: [' two'] })).toMatchObject({
    stop_reason: 'stop_sequence',
    stop_sequence: ' two',
    content: [{ text: 'one' }],
  })
  expect(await stop({ messages: [user('write 500 words')], max_tokens: 10 })).toMatchObject({
    stop_reason: 'max_tokens',
    usage: { output_tokens: 10 },
  })
  expect(await stop({ messages: [user('refuse: no')] })).toMatchObject({ stop_reason: 'refusal' })
  const format = {
    type: 'json_schema',
    schema: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
  }
  const { content } = (await stop({
    output_config: { format },
    messages: [user('fix the login page')],
  })) as unknown as { content: Loose[] }
  expect(JSON.parse(content[0]?.['text'] ?? '')).toEqual({ title: 'Fix The Login Page' })
})

test('a prefix that is marked is written to the cache once, then read from it', async () => {
  await using caller = await call({ cacheMinimumTokens: 10 })
  const system = [cached('You are a careful engineer who answers in short sentences.')]
  const usage = async (text: string): Promise<Loose> =>
    (await send(caller, { system, messages: [user(text)] })).json['usage']
  const first = await usage('one')
  const second = await usage('two')
  expect(Number(first['cache_creation_input_tokens'])).toBeGreaterThan(10)
  expect(first['cache_read_input_tokens']).toBe(0)
  expect(second['cache_read_input_tokens']).toBe(first['cache_creation_input_tokens'])
  expect(second['cache_creation_input_tokens']).toBe(0)
  expect(second['input_tokens']).toBe(first['input_tokens'])
})

test('count_tokens counts what the call will read, and bills nothing', async () => {
  await using caller = await call()
  const body = { model: MODEL, tools: [TOOL], system: 'short', messages: [user('hello')] }
  const counted = await caller.post('/v1/messages/count_tokens', body)
  const read = await send(caller, body)
  expect(counted.json).toEqual({ input_tokens: Number(read.json['usage']['input_tokens']) })
  const { billed } = caller.emulator.control.counters.read()
  expect(billed['octo']?.requests).toBe(1)
  const wrong = await caller.post('/v1/messages/count_tokens', { ...body, model: 'gpt-4o' })
  expect(wrong.status).toBe(400)
})

test('an error in the middle of a stream has the form of the wire', async () => {
  await using caller = await call()
  caller.emulator.control.faults.add({
    on: { route: 'messages' },
    do: { kind: 'stream-error', after: 3, code: 'model_overloaded', message: 'Overloaded' },
  })
  const { events, text } = await send(caller, { stream: true })
  expect(events).toHaveLength(4)
  expect(text).toContain('event: error\ndata: {"type":"error"')
  expect(events.at(-1)).toEqual({
    type: 'error',
    error: { type: 'overloaded_error', message: 'Overloaded' },
  })
})
