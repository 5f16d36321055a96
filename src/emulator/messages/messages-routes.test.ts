import { expect, test } from 'vitest'
import { ADD_SCHEMA, PIXEL, call, user } from '../__fixtures__/caller.ts'
import type { Answered, Caller, Loose } from '../__fixtures__/caller.ts'

const MODEL = 'claude-sonnet-4.6'
const TOOL = { name: 'add', description: 'Adds.', input_schema: ADD_SCHEMA }
const ASK = { model: MODEL, max_tokens: 2000, messages: [user('hello')] }

function send(caller: Caller, body: object, headers: object = {}): Promise<Answered> {
  return caller.post('/v1/messages', { ...ASK, ...body }, headers as Record<string, string>)
}

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

const cached = (text: string, more: object = {}): object => ({
  type: 'text',
  text,
  cache_control: { type: 'ephemeral', ...more },
})
const asked = {
  role: 'assistant',
  content: [{ type: 'tool_use', id: 'toolu_1', name: 'add', input: {} }],
}
const answered = {
  role: 'user',
  content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: '3' }],
}
const marked = Array.from({ length: 5 }, (_, index) => cached(`part ${index}`))

const REFUSED: readonly [name: string, body: object, message: string, headers?: object][] = [
  ['no max_tokens', { max_tokens: undefined }, 'max_tokens: Field required'],
  [
    'max_tokens over the limit',
    { max_tokens: 32_001 },
    'max_tokens: 32001 > 32000, which is the maximum allowed number of output tokens for claude-sonnet-4-6-20260217',
  ],
  [
    'a prompt that is too long',
    { messages: [user('x'.repeat(800_400))] },
    'prompt is too long: 200102 tokens > 200000 maximum',
  ],
  ['no messages', { messages: [] }, 'at least one message'],
  [
    'a system role without the beta',
    { messages: [user('a'), { role: 'system', content: 'b' }, user('c')] },
    "messages.1.role: Input should be 'user' or 'assistant'",
  ],
  [
    'a trailing assistant',
    { messages: [user('a'), { role: 'assistant', content: 'b' }] },
    'must end with a user message',
  ],
  [
    'an empty text',
    { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] },
    'text content blocks must be non-empty',
  ],
  ['empty content', { messages: [{ role: 'user', content: [] }] }, 'non-empty content'],
  [
    'an unknown block',
    { messages: [{ role: 'user', content: [{ type: 'server_tool_use' }] }] },
    "Input tag 'server_tool_use'",
  ],
  [
    'a call without its result',
    { messages: [user('a'), asked, user('b')] },
    '`tool_use` ids were found without `tool_result` blocks immediately after: toolu_1',
  ],
  [
    'a result without its call',
    { messages: [user('a'), answered] },
    'unexpected `tool_use_id` found in `tool_result` blocks: toolu_1',
  ],
  ['service_tier', { service_tier: 'auto' }, 'service_tier: Extra inputs are not permitted'],
  ['output_format', { output_format: {} }, 'output_format: Extra inputs are not permitted'],
  ['inference_geo', { inference_geo: 'us' }, 'inference_geo: Extra inputs are not permitted'],
  [
    'eager_input_streaming',
    { tools: [{ ...TOOL, eager_input_streaming: true }] },
    'tools.0.custom.eager_input_streaming: Extra inputs are not permitted',
  ],
  [
    'a scope of the cache',
    { system: [cached('a', { scope: 'global' })] },
    'system.0.cache_control.ephemeral.scope: Extra inputs are not permitted',
  ],
  [
    'five cache marks',
    { system: marked },
    'A maximum of 4 blocks with cache_control may be provided. Found 5.',
  ],
  [
    'a budget below 1024',
    { thinking: { type: 'enabled', budget_tokens: -1 } },
    'greater than or equal to 1024',
  ],
  [
    'a budget over max_tokens',
    { thinking: { type: 'enabled', budget_tokens: 2000 } },
    '`max_tokens` must be greater than',
  ],
  [
    'a budget beside adaptive',
    { thinking: { type: 'adaptive', budget_tokens: 2000 } },
    'thinking.adaptive.budget_tokens: Extra inputs are not permitted',
  ],
  [
    'a temperature beside thinking',
    { thinking: { type: 'adaptive' }, temperature: 0 },
    '`temperature` may only be set to 1',
  ],
  [
    'a forced tool beside thinking',
    { thinking: { type: 'adaptive' }, tools: [TOOL], tool_choice: { type: 'any' } },
    'tool_choice forces tool use',
  ],
  [
    'enabled thinking on an adaptive model',
    { model: 'claude-opus-4.8', thinking: { type: 'enabled', budget_tokens: 1024 } },
    '"thinking.type.enabled" is not supported for this model',
  ],
  [
    'adaptive thinking on an older model',
    { model: 'claude-haiku-4.5', thinking: { type: 'adaptive' } },
    'adaptive thinking is not supported',
  ],
  [
    'context management on an older model',
    { model: 'claude-haiku-4.5', context_management: { edits: [] } },
    'context_management: Extra inputs are not permitted',
  ],
  [
    'effort on haiku',
    { model: 'claude-haiku-4.5', output_config: { effort: 'low' } },
    'model claude-haiku-4.5 does not support reasoning effort',
  ],
  [
    'web search',
    { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    'The use of the web search tool is not supported.',
  ],
  [
    'web fetch',
    { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] },
    'rejected tool(s): web_fetch',
  ],
  [
    'a tool without a schema',
    { tools: [{ name: 'add' }] },
    'tools.0.custom.input_schema: Field required',
  ],
  [
    'a fancy pattern',
    {
      tools: [
        {
          ...TOOL,
          input_schema: {
            type: 'object',
            properties: { a: { type: 'string', pattern: '\\p{Cc}' } },
          },
        },
      ],
    },
    "is not a 'regex'",
  ],
  [
    'a reference to no tool',
    {
      tools: [TOOL],
      messages: [
        user('a'),
        asked,
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              content: [{ type: 'tool_reference', tool_name: 'sub' }],
            },
          ],
        },
      ],
    },
    "Tool reference 'sub' not found in available tools",
  ],
  [
    'an external image',
    {
      messages: [
        {
          role: 'user',
          content: [{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }],
        },
      ],
    },
    'external image URLs are not supported',
    { 'copilot-vision-request': 'true' },
  ],
  [
    'a beta that is not passed',
    {},
    'unsupported beta header(s): context-1m-2025-08-07, code-execution-2025-08-25',
    {
      'anthropic-beta':
        'context-1m-2025-08-07, interleaved-thinking-2025-05-14,code-execution-2025-08-25',
    },
  ],
  ['an unknown version', {}, 'anthropic-version', { 'anthropic-version': '2020-01-01' }],
  ['a dashed id', { model: 'claude-sonnet-4-6' }, 'The requested model is not supported.'],
  [
    'a GPT model',
    { model: 'gpt-5-mini' },
    'model "gpt-5-mini" is not accessible via the /v1/messages endpoint',
  ],
]

for (const [name, body, message, headers] of REFUSED) {
  test(`${name} is refused`, async () => {
    await using caller = await call()
    const refused = await send(caller, body, headers)
    expect(refused.status).toBe(400)
    expect(refused.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(refused.json['error']['message']).toContain(message)
    expect(caller.emulator.control.counters.read().billed).toEqual({})
  })
}

const TAKEN: readonly [name: string, body: object, headers?: object][] = [
  [
    'the accepted betas',
    {},
    {
      'anthropic-beta': 'interleaved-thinking-2025-05-14,advanced-tool-use-2025-11-20',
      'anthropic-version': '2023-06-01',
    },
  ],
  [
    'a system role with the beta on the newest model',
    {
      model: 'claude-opus-4.8',
      messages: [user('a'), { role: 'system', content: 'b' }, user('c')],
    },
    { 'anthropic-beta': 'mid-conversation-system-2026-04-07' },
  ],
  ['four cache marks', { system: marked.slice(1) }],
  [
    'tool search',
    {
      tools: [
        { ...TOOL, defer_loading: true },
        { type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' },
      ],
    },
  ],
  ['a call and its result', { tools: [TOOL], messages: [user('a'), asked, answered] }],
  [
    'metadata and context management',
    {
      metadata: { user_id: 'x' },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    },
  ],
  [
    'effort',
    {
      output_config: { effort: 'high' },
      thinking: { type: 'adaptive', display: 'summarized' },
      temperature: 1,
    },
  ],
  [
    'a base64 image with its header',
    {
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'image',
              source: { type: 'base64', media_type: 'image/png', data: PIXEL.split(',')[1] },
            },
          ],
        },
      ],
    },
    { 'copilot-vision-request': 'true' },
  ],
]

for (const [name, body, headers] of TAKEN) {
  test(`${name} is taken`, async () => {
    await using caller = await call()
    const taken = await send(caller, body, headers)
    expect([taken.status, taken.status === 200 ? '' : taken.text]).toEqual([200, ''])
  })
}

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
