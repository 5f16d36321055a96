import { expect, test } from 'vitest'
import { ADD_SCHEMA, PIXEL, call, user } from '../__fixtures__/caller.ts'
import type { Answered, Caller, Loose } from '../__fixtures__/caller.ts'

const MODEL = 'gpt-5.4'
const TOOL = {
  type: 'function',
  name: 'add',
  description: 'Adds.',
  parameters: ADD_SCHEMA,
  strict: false,
}
const THINK = {
  reasoning: { effort: 'high', summary: 'auto' },
  include: ['reasoning.encrypted_content'],
}

function send(caller: Caller, body: object, headers: object = {}): Promise<Answered> {
  const whole = { model: MODEL, input: [user('hello')], store: false, ...body }
  return caller.post('/responses', whole, headers as Record<string, string>)
}

test('a whole answer: long ids without a prefix, no output_text, usage and credits', async () => {
  await using caller = await call()
  const { status, json } = await send(caller, { input: 'say: Hi.' })
  expect(status).toBe(200)
  expect(json).toMatchObject({
    object: 'response',
    status: 'completed',
    model: MODEL,
    output_text: null,
    service_tier: 'priority',
    store: false,
    output: [
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi.' }] },
    ],
    usage: { input_tokens: 4, output_tokens: 1, total_tokens: 5 },
  })
  for (const id of [json['id'], json['output'][0]?.['id'] ?? '']) {
    expect(id.length).toBeGreaterThanOrEqual(400)
    expect(id).toMatch(/^[A-Za-z0-9+/]+=*$/)
  }
  expect(json['safety_identifier']).toMatch(/^[0-9a-f]{64}$/)
  expect(json['copilot_usage']).toHaveProperty('total_nano_aiu')
  expect(json['copilot_quota_snapshots']['premium_interactions']).toMatchObject({
    entitlement: '300',
    has_quota: true,
  })
})

test('a stream: every event numbered, every id new, deltas that join to the done text', async () => {
  await using caller = await call()
  const { events, text } = await send(caller, {
    ...THINK,
    stream: true,
    tools: [TOOL],
    input: 'call add {"a":1,"b":2} and call add {"a":3,"b":4}',
  })
  expect(events.map((one) => Number(one['sequence_number']))).toEqual(events.map((_, at) => at))
  expect(
    events.map((one) => one['type'] as string).filter((type, at, all) => type !== all[at - 1]),
  ).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.reasoning_summary_part.added',
    'response.reasoning_summary_text.delta',
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'response.output_item.done',
    'response.completed',
  ])
  const ids = events.flatMap(
    (one) => one['item_id'] ?? (one as { item?: Loose }).item?.['id'] ?? [],
  )
  expect(new Set(ids).size).toBe(ids.length)
  expect(events[0]?.['response']['id']).not.toBe(events.at(-1)?.['response']['id'])
  const args = events.filter((one) => Number(one['output_index']) === 2)
  const deltas = args.flatMap((one) => one['delta'] ?? [])
  expect(deltas.join('')).toBe('{"a":1,"b":2}')
  expect(args.every((one) => one['delta'] === undefined || one['obfuscation'] !== undefined)).toBe(
    true,
  )
  expect(text).not.toContain('[DONE]')
  const last = events.at(-1)
  expect(last).toHaveProperty('copilot_usage.total_nano_aiu')
  expect(last?.['response']['output']).toHaveLength(4)
})

test('switches: stable and short ids, ciphertext arguments, credits inside', async () => {
  await using caller = await call({
    copilotUsageAt: 'response',
    quirks: [
      {
        model: MODEL,
        quirks: {
          encryptedIds: false,
          changingIds: false,
          ciphertextArguments: true,
          obfuscation: false,
        },
      },
    ],
  })
  const { events, text } = await send(caller, {
    stream: true,
    tools: [TOOL],
    tool_choice: 'required',
    input: 'call add {"a":1,"b":2}',
  })
  const ids = events.flatMap((one) => one['item_id'] ?? [])
  expect(new Set(ids).size).toBe(1)
  expect(ids[0]).toMatch(/^fc_/)
  expect(events[0]?.['response']['id']).toBe(events.at(-1)?.['response']['id'])
  const deltas = events.flatMap((one) => one['delta'] ?? []).join('')
  expect(deltas).toMatch(/^[0-9a-f]+$/)
  const done = events.find((one) => one['type'] === 'response.function_call_arguments.done')
  expect(done?.['arguments']).toBe('{"a":1,"b":2}')
  expect(text).not.toContain('obfuscation')
  expect(events.at(-1)).toHaveProperty('response.copilot_usage')
  expect(events.at(-1)).not.toHaveProperty('copilot_usage')
})

test('reasoning is taken back unaltered, refused altered or without its content', async () => {
  await using caller = await call()
  const first = await send(caller, THINK)
  const { id: _id, ...item } = first.json['output'][0] as unknown as Record<string, unknown>
  expect(item).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text' }] })
  const content = item['encrypted_content'] as string
  const back = (given: object): Promise<Answered> =>
    send(caller, { ...THINK, input: [user('hello'), given, user('go on')] })
  expect((await back({ ...item, content: null })).status).toBe(200)
  for (const encrypted of [`A${content.slice(1)}`, content.slice(0, -8), '', undefined]) {
    const refused = await back({ ...item, encrypted_content: encrypted })
    expect(refused.status).toBe(400)
    expect(refused.json['error']['message']).toMatch(
      /^The encrypted content.*could not be verified\.$/,
    )
  }
  const silent = await send(caller, { reasoning: { effort: 'high' } })
  expect(silent.json['output'][0]).toMatchObject({ type: 'reasoning', summary: [] })
  expect(silent.json['output'][0]).not.toHaveProperty('encrypted_content')
  const none = await send(caller, { reasoning: { effort: 'none' } })
  expect(none.json['output'][0]?.['type']).toBe('message')
})

test('item ids of another connection get a 401 that is no sign-in matter', async () => {
  await using caller = await call()
  const first = await send(caller, {})
  const item = first.json['output'][0]
  const input = [user('hello'), item, user('go on')]
  const refused = await send(caller, { input })
  expect([refused.status, refused.text]).toEqual([
    401,
    'input item ID does not belong to this connection\n',
  ])
  const without = { ...(item as unknown as object), id: undefined }
  expect((await send(caller, { input: [user('hello'), without, user('go on')] })).status).toBe(200)
  const own = { ...(item as unknown as object), id: 'msg_123' }
  expect((await send(caller, { input: [user('hello'), own, user('go on')] })).status).toBe(200)
  caller.emulator.control.quirks.set({ model: MODEL, quirks: { acceptItemIds: true } })
  expect((await send(caller, { input })).status).toBe(200)
})

const asked = { type: 'function_call', call_id: 'call_1', name: 'add', arguments: '{}' }
const result = { type: 'function_call_output', call_id: 'call_1', output: '3' }

const REFUSED: readonly [name: string, body: object, code: string, message: string][] = [
  ['store', { store: true }, 'invalid_request_body', 'store is not supported'],
  ['background', { background: true }, 'invalid_request_body', 'background'],
  ['service_tier', { service_tier: 'flex' }, 'invalid_request_body', 'service_tier'],
  [
    'a previous response',
    { previous_response_id: 'resp_1' },
    'previous_response_not_found',
    "'resp_1' not found",
  ],
  ['temperature', { temperature: 0 }, 'invalid_request_body', "'temperature' is not supported"],
  [
    'an item reference',
    { input: [{ type: 'item_reference', id: 'msg_1' }] },
    'invalid_request_body',
    'item_reference',
  ],
  ['an empty input', { input: [] }, 'invalid_request_body', 'input must not be empty'],
  [
    'web search',
    { tools: [{ type: 'web_search' }] },
    'invalid_request_body',
    'The requested tool web_search is not supported.',
  ],
  [
    'image generation',
    { tools: [{ type: 'image_generation' }] },
    'invalid_request_body',
    'image_generation',
  ],
  [
    'a namespace on a model without',
    { model: 'gpt-5-mini', tools: [{ type: 'namespace', name: 'a', tools: [] }] },
    'invalid_request_body',
    'namespace',
  ],
  [
    'a custom tool on a model without',
    { model: 'grok-4.6', tools: [{ type: 'custom', name: 'a' }] },
    'invalid_request_body',
    'custom',
  ],
  [
    'a tool without a name',
    { tools: [{ type: 'function' }] },
    'invalid_request_body',
    'tools[0].name',
  ],
  [
    'a call without its output',
    { input: [user('a'), asked, user('b')] },
    'invalid_request_body',
    'No tool output found for function call call_1.',
  ],
  [
    'an output without its call',
    { input: [user('a'), result] },
    'invalid_request_body',
    'No tool call found for function call output with call_id call_1.',
  ],
  ['an unknown effort', { reasoning: { effort: 'max' } }, 'invalid_reasoning_effort', 'max'],
  [
    'a chat-only model',
    { model: 'gpt-4o' },
    'unsupported_api_for_model',
    'model "gpt-4o" is not accessible via the /responses endpoint',
  ],
  [
    'a prompt over the limit',
    { input: 'x'.repeat(272_001 * 4) },
    'model_max_prompt_tokens_exceeded',
    'exceeds the limit of 272000',
  ],
]

for (const [name, body, code, message] of REFUSED) {
  test(`${name} is refused: ${code}`, async () => {
    await using caller = await call()
    const refused = await send(caller, body)
    expect(refused.status).toBe(400)
    expect(refused.json['error']['code']).toBe(code)
    expect(refused.json['error']['message']).toContain(message)
  })
}

test('what VS Code and the agents send is taken', async () => {
  await using caller = await call()
  const bodies: object[] = [
    {
      truncation: 'disabled',
      prompt_cache_key: 'abc:gpt-5.4',
      text: { verbosity: 'low' },
      context_management: [{ type: 'compaction', compact_threshold: 200_000 }],
      service_tier: null,
      temperature: 1,
      client_metadata: { a: 'b' },
      ...THINK,
    },
    {
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'be nice' }] },
        user('hi'),
      ],
    },
    { input: [user('a'), asked, result] },
    {
      tools: [
        { type: 'namespace', name: 'mcp', tools: [TOOL] },
        { type: 'tool_search', execution: 'client' },
      ],
    },
  ]
  for (const body of bodies) {
    const taken = await send(caller, body)
    expect([taken.status, taken.status === 200 ? '' : taken.text]).toEqual([200, ''])
  }
})

test('an image needs its header on this wire as well', async () => {
  await using caller = await call()
  const input = [{ role: 'user', content: [{ type: 'input_image', image_url: PIXEL }] }]
  expect((await send(caller, { input })).text).toContain('Copilot-Vision-Request')
  expect((await send(caller, { input }, { 'copilot-vision-request': 'true' })).status).toBe(200)
})

test('custom tools, namespaces and shells are called by their own forms', async () => {
  await using caller = await call()
  const patch = await send(caller, {
    tools: [
      {
        type: 'custom',
        name: 'apply_patch',
        format: { type: 'grammar', syntax: 'lark', definition: 'x' },
      },
    ],
    input: '[tool: apply_patch *** Begin Patch]',
  })
  expect(patch.json['output'].at(-1)).toMatchObject({
    type: 'custom_tool_call',
    name: 'apply_patch',
    input: '*** Begin Patch',
  })
  const exec = {
    type: 'function',
    name: 'exec_command',
    parameters: { type: 'object', properties: { cmd: { type: 'string' } }, required: ['cmd'] },
  }
  const spaced = await send(caller, {
    tools: [{ type: 'namespace', name: 'functions', tools: [exec] }],
    input: 'run: ls -l',
  })
  expect(spaced.json['output'].at(-1)).toMatchObject({
    type: 'function_call',
    name: 'exec_command',
    namespace: 'functions',
    arguments: '{"cmd":"ls -l"}',
  })
})

test('an answer over the limit is incomplete, whole and streamed', async () => {
  await using caller = await call()
  const body = { input: 'write 500 words', max_output_tokens: 20 }
  const { json } = await send(caller, body)
  expect(json).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
  })
  const { events } = await send(caller, { ...body, stream: true })
  expect(events.at(-1)?.['type']).toBe('response.incomplete')
})

test('structured output and refusals', async () => {
  await using caller = await call()
  const schema = {
    type: 'object',
    properties: { ok: { type: 'boolean' } },
    required: ['ok'],
    additionalProperties: false,
  }
  const text = { format: { type: 'json_schema', name: 'x', schema, strict: true } }
  const { json } = await send(caller, { text })
  expect(JSON.parse(json['output'][0]?.['content'][0]?.['text'] ?? '')).toEqual({ ok: true })
  const refused = await send(caller, { input: 'refuse: no', stream: true })
  expect(refused.text).toContain('response.refusal.delta')
  expect(refused.events.at(-1)?.['response']['output'][0]?.['content'][0]).toEqual({
    type: 'refusal',
    refusal: 'no',
  })
})

test('a response can fail by an event of its own', async () => {
  await using caller = await call()
  caller.emulator.control.faults.add({
    do: { kind: 'stream-error', after: 2, code: 'cyber_policy', message: 'No.', as: 'failed' },
  })
  const last = (await send(caller, { stream: true })).events.at(-1)
  expect(last).toMatchObject({
    type: 'response.failed',
    response: { status: 'failed', error: { code: 'cyber_policy', message: 'No.' } },
  })
})

test('an error in the middle of a stream has the form of the wire', async () => {
  await using caller = await call()
  caller.emulator.control.faults.add({
    do: { kind: 'stream-error', after: 2, code: 'server_error', message: 'Oh.' },
  })
  const { events, text } = await send(caller, { stream: true })
  expect(text).toContain('event: error\n')
  expect(events.at(-1)).toEqual({
    type: 'error',
    code: 'server_error',
    message: 'Oh.',
    param: null,
  })
})
