import { expect, test } from 'vitest'
import { PIXEL, call, chatTool, user } from '../__fixtures__/caller.ts'
import type { Loose } from '../__fixtures__/caller.ts'

const ADD = 'call add {"a":1,"b":2}'
const TWO = `${ADD} and call add {"a":3,"b":4}`

test('a whole answer of a GPT model is as odd as the original', async () => {
  await using caller = await call()
  const { json, headers } = await caller.chat({ messages: [user('say: Hi.')] })
  expect(json).not.toHaveProperty('object')
  expect(json).not.toHaveProperty('created')
  expect(json['id']).toMatch(/^chatcmpl-/)
  expect(json['model']).toBe('gpt-4o-2024-11-20')
  expect(json['prompt_filter_results'][0]).toHaveProperty('content_filter_results.hate')
  const [choice] = json['choices']
  expect(choice?.['message']['content']).toBe('Hi.')
  expect(choice?.['message']['padding']).toMatch(/^\w+$/)
  expect(choice?.['finish_reason']).toBe('stop')
  expect(json['usage']).toMatchObject({ prompt_tokens: 4, completion_tokens: 1, total_tokens: 5 })
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
})

test('x-request-id is echoed', async () => {
  await using caller = await call()
  const { headers } = await caller.chat({}, { 'x-request-id': 'abc-123' })
  expect(headers.get('x-request-id')).toBe('abc-123')
})

test('a tool call of a GPT model has no content key when nothing was said', async () => {
  await using caller = await call()
  const { json } = await caller.chat({
    messages: [user(ADD)],
    tools: [chatTool('add')],
    tool_choice: 'required',
  })
  const [choice] = json['choices']
  expect(choice?.['message']).not.toHaveProperty('content')
  expect(choice?.['finish_reason']).toBe('tool_calls')
  expect(choice?.['content_filter_results']).toEqual({})
  const [first] = choice?.['message']['tool_calls'] ?? []
  expect(first).toMatchObject({
    type: 'function',
    function: { name: 'add', arguments: '{"a":1,"b":2}' },
  })
})

for (const [split, parts] of [
  ['pair', [0, 2]],
  ['each', [0, 1, 1]],
  ['no', [2]],
] as const) {
  test(`choices split '${split}': one answer in ${parts.length} choices`, async () => {
    await using caller = await call({
      quirks: [{ model: 'claude-sonnet-4.6', quirks: { splitChoices: split } }],
    })
    const { json } = await caller.chat({
      model: 'claude-sonnet-4.6',
      messages: [user(TWO)],
      tools: [chatTool('add')],
    })
    const { choices } = json as unknown as { choices: Loose[] }
    expect(
      choices.map((one) => (one['message']['tool_calls'] as Loose | undefined)?.length ?? 0),
    ).toEqual(parts)
    expect(new Set(choices.map((one) => one['finish_reason']))).toEqual(new Set(['tool_calls']))
    expect(
      choices.map((one) => (one['message']['content'] as string | undefined) ?? '').join(''),
    ).toBe("I'll look into that.")
  })
}

test('Claude splits its choices by default, and says its short name', async () => {
  await using caller = await call()
  const { json } = await caller.chat({
    model: 'claude-haiku-4.5',
    messages: [user(TWO)],
    tools: [chatTool('add')],
  })
  expect(json['choices']).toHaveLength(2)
  expect(json['model']).toBe('claude-haiku-4.5')
  expect(json['id']).toMatch(/^[0-9a-f]{8}-/)
})

test('an Anthropic body can stand where a chat answer should', async () => {
  await using caller = await call({
    quirks: [{ model: 'claude-opus-4.8', quirks: { anthropicBody: true } }],
  })
  const { json } = await caller.chat({
    model: 'claude-opus-4.8',
    messages: [user(ADD)],
    tools: [chatTool('add')],
  })
  expect(json).not.toHaveProperty('choices')
  expect(json).toMatchObject({
    type: 'message',
    stop_reason: 'tool_use',
    content: [{ type: 'text' }, { type: 'tool_use', name: 'add', input: { a: 1, b: 2 } }],
  })
})

test('a stream of a GPT model: filter first, text, finish with usage, done', async () => {
  await using caller = await call()
  const { events, text, headers } = await caller.chat({
    messages: [user('say: one two three')],
    stream: true,
  })
  expect(headers.get('content-type')).toBe('text/event-stream')
  expect(events[0]).toMatchObject({ choices: [], id: '', model: '', object: '', created: 0 })
  expect(events[0]).toHaveProperty('prompt_filter_results')
  const deltas = events
    .slice(1)
    .map((one) => one['choices'][0]?.['delta']['content'] as string | null)
  expect(deltas).toEqual(['', 'one', ' two', ' three', null])
  const last = events.at(-1)
  expect(last?.['choices'][0]?.['finish_reason']).toBe('stop')
  expect(last?.['usage']).toMatchObject({ completion_tokens: 3 })
  expect(last).not.toHaveProperty('object')
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
})

test('a stream of Claude repeats the role in every delta', async () => {
  await using caller = await call()
  const { events } = await caller.chat({ model: 'claude-sonnet-4.6', stream: true })
  const choices = events.map((one) => one['choices'][0]).slice(0, -1)
  expect(choices.length).toBeGreaterThan(5)
  expect(choices.every((one) => (one?.['delta']['role'] as string) === 'assistant')).toBe(true)
})

for (const zero of [false, true]) {
  test(`parallel tool calls in a stream claim index ${zero ? '0' : 'each its own'}`, async () => {
    await using caller = await call({
      quirks: [{ model: '*', quirks: { toolIndexZero: zero } }],
    })
    const { events } = await caller.chat({
      messages: [user(TWO)],
      tools: [chatTool('add')],
      stream: true,
    })
    const calls = events.flatMap(
      (one): readonly Loose[] => one['choices'][0]?.['delta']['tool_calls'] ?? [],
    )
    const heads = calls.filter((one) => one['id'] !== undefined)
    expect(heads).toHaveLength(2)
    expect(heads.map((one) => one['index'])).toEqual(zero ? [0, 0] : [0, 1])
    expect(new Set(heads.map((one) => one['id'])).size).toBe(2)
    const args = calls.map((one) => one['function']['arguments']).join('')
    expect(args).toBe('{"a":1,"b":2}{"a":3,"b":4}')
  })
}

test('every stream quirk shows on the wire, and only when it is switched on', async () => {
  await using caller = await call()
  const { control } = caller.emulator
  const lines = async (
    quirks: object,
    body: object = {},
  ): Promise<{ text: string; events: Loose[] }> => {
    control.quirks.clear()
    control.quirks.set({ model: 'gpt-4o', quirks })
    return caller.chat({ messages: [user('say: hello world')], stream: true, ...body })
  }
  expect((await lines({ missingFinish: true })).text).not.toContain('"finish_reason":"stop"')
  expect((await lines({ doneMarker: false })).text).not.toContain('[DONE]')
  expect((await lines({ commentEvery: 1 })).text).toMatch(/^: keep-alive\n\ndata: /)
  expect((await lines({ promptFilterFirst: false })).events[0]?.['choices']).toHaveLength(1)
  const own = await lines({ usageAt: 'own' })
  expect(own.events.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 2 } })
  expect(own.events.at(-2)).not.toHaveProperty('usage')
  expect((await lines({ usageAt: 'never' })).text).not.toContain('"usage"')
  expect((await lines({ copilotUsage: false })).text).not.toContain('copilot_usage')
  const none = await lines({ nullChoices: true })
  expect(none.events.filter((one) => one['choices'] === null)).toHaveLength(3)
  expect((await lines({ missingObject: false })).events[1]?.['object']).toBe(
    'chat.completion.chunk',
  )
  expect((await lines({ missingCreated: 'always' })).events[1]).not.toHaveProperty('created')
  expect((await lines({ annotations: true })).text).toContain('copilot_annotations')
  const thinking = await caller.chat({
    model: 'claude-sonnet-4.6',
    reasoning_effort: 'low',
    stream: true,
  })
  expect(thinking.text).toContain('reasoning_text')
  control.quirks.set({ model: 'claude-sonnet-4.6', quirks: { reasoningAs: 'cot_summary' } })
  const older = await caller.chat({
    model: 'claude-sonnet-4.6',
    reasoning_effort: 'low',
    stream: true,
  })
  expect([older.text.includes('cot_summary'), older.text.includes('reasoning_text')]).toEqual([
    true,
    false,
  ])
  const closed = await lines({ closeAfter: 2 })
  expect([closed.events.length, closed.text.includes('[DONE]')]).toEqual([2, false])
  const broken = await lines({ errorAfter: 3, errorCode: 'rate_limited' })
  expect(broken.events).toHaveLength(4)
  expect(broken.events.at(-1)?.['error']['code']).toBe('rate_limited')
  const usual = await lines({})
  expect(usual.text).not.toMatch(/keep-alive|copilot_annotations|"choices":null|"error"/)
})

test('whole answers: padding, object and created follow their switches', async () => {
  await using caller = await call({
    quirks: [
      { model: '*', quirks: { padding: false, missingObject: false, missingCreated: 'no' } },
    ],
  })
  const { json } = await caller.chat({})
  expect(json['object']).toBe('chat.completion')
  expect(json['created']).toBeTypeOf('number')
  expect(json['choices'][0]?.['message']).not.toHaveProperty('padding')
})

test('thinking comes as reasoning_text and one reasoning_opaque, which must come back unaltered', async () => {
  await using caller = await call()
  const ask = { model: 'claude-sonnet-4.6', reasoning_effort: 'high', messages: [user('hello')] }
  const { events } = await caller.chat({ ...ask, stream: true })
  const deltas = events.map((one) => one['choices'][0]?.['delta'] as Loose)
  const opaque = deltas.flatMap((delta) => delta['reasoning_opaque'] ?? [])
  expect(opaque).toHaveLength(1)
  expect(deltas.map((delta) => delta['reasoning_text'] ?? '').join('')).toContain('hello')

  const next = (given: string): Promise<{ status: number; text: string }> =>
    caller.chat({
      ...ask,
      messages: [
        user('hello'),
        { role: 'assistant', content: 'hi', reasoning_text: 'x', reasoning_opaque: given },
        user('again'),
      ],
    })
  const whole = opaque.join('')
  expect((await next(whole)).status).toBe(200)
  for (const altered of [whole.slice(0, -4), `A${whole.slice(1)}`, 'nonsense']) {
    const refused = await next(altered)
    expect([refused.status, refused.text.includes('could not be verified')]).toEqual([400, true])
  }
  caller.emulator.control.quirks.set({ model: '*', quirks: { splitOpaque: true } })
  const split = await caller.chat({ ...ask, stream: true })
  const halves = split.events.flatMap(
    (one) => one['choices'][0]?.['delta']['reasoning_opaque'] ?? [],
  )
  expect(halves).toHaveLength(2)
  expect((await next(halves.join(''))).status).toBe(200)
})

test('stop sequences and limits end an answer with their reason', async () => {
  await using caller = await call()
  const say = (more: object): Promise<{ json: Loose }> =>
    caller.chat({ messages: [user('say: one two three four')], ...more })
  const cut = await say({ max_tokens: 2 })
  expect(cut.json['choices'][0]).toMatchObject({
    finish_reason: 'length',
    message: { content: 'one two' },
  })
  expect(cut.json['usage']['completion_tokens']).toBe(2)
  const stopped = await say({ stop: [' three'] })
  expect(stopped.json['choices'][0]).toMatchObject({
    finish_reason: 'stop',
    message: { content: 'one two' },
  })
})

test('n, logprobs and structured output', async () => {
  await using caller = await call()
  const several = await caller.chat({ n: 3 })
  expect(several.json['choices'].map((one) => one['index'])).toEqual([0, 1, 2])
  const logged = await caller.chat({
    messages: [user('say: a b')],
    logprobs: true,
    top_logprobs: 2,
  })
  const content = logged.json['choices'][0]?.['logprobs']['content']
  expect(content).toHaveLength(2)
  expect(content?.[0]?.['top_logprobs']).toHaveLength(2)
  expect(content?.[1]?.['bytes']).toEqual([32, 98])
  const schema = {
    type: 'object',
    properties: { title: { type: 'string' }, score: { type: 'integer', minimum: 3 } },
    required: ['title', 'score'],
  }
  const format = { type: 'json_schema', json_schema: { name: 'x', schema } }
  const structured = await caller.chat({ response_format: format })
  const value = JSON.parse(structured.json['choices'][0]?.['message']['content'] as string) as Loose
  expect(value['title']).toBeTypeOf('string')
  expect(value['score']).toBeGreaterThanOrEqual(3)
  const ignored = await caller.chat({ model: 'claude-sonnet-4.6', response_format: format })
  expect(
    () => JSON.parse(ignored.json['choices'][0]?.['message']['content'] as string) as Loose,
  ).toThrow('JSON')
})

test('a refusal and a filtered answer', async () => {
  await using caller = await call()
  const refused = await caller.chat({ messages: [user('refuse: not today')] })
  expect(refused.json['choices'][0]?.['message']).toMatchObject({
    content: null,
    refusal: 'not today',
  })
  const filtered = await caller.chat({ messages: [user('tell me [filter]')] })
  expect(filtered.json['choices'][0]?.['finish_reason']).toBe('content_filter')
})

test('custom tools are taken by GPT models, on chat too', async () => {
  await using caller = await call()
  const tools = [{ type: 'custom', custom: { name: 'apply_patch', description: 'Patches.' } }]
  const body = { messages: [user('[tool: apply_patch *** Begin Patch]')], tools }
  const { json } = await caller.chat(body)
  expect(json['choices'][0]?.['message']['tool_calls'][0]).toMatchObject({
    type: 'custom',
    custom: { name: 'apply_patch', input: '*** Begin Patch' },
  })
  expect((await caller.chat({ ...body, model: 'claude-sonnet-4.6' })).status).toBe(400)
})

const image = (url: string): object => ({
  role: 'user',
  content: [
    { type: 'text', text: 'look' },
    { type: 'image_url', image_url: { url } },
  ],
})
const VISION = { 'copilot-vision-request': 'true' }
const orphan = { role: 'tool', tool_call_id: 'call_1', content: '3' }
const asking = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'add', arguments: '{}' } }],
}
const many = Array.from({ length: 129 }, (_, index) => chatTool(`tool_${index}`))
const withPattern = (pattern: string): object =>
  chatTool('add', { type: 'object', properties: { pattern: { type: 'string', pattern } } })

const REFUSED: readonly [
  name: string,
  body: object,
  code: string,
  message: string,
  headers?: object,
][] = [
  [
    'an unknown model',
    { model: 'gpt-9' },
    'model_not_supported',
    'The requested model is not supported.',
  ],
  [
    'an embeddings model',
    { model: 'text-embedding-3-small' },
    'model_not_supported',
    'not supported',
  ],
  ['a completion model', { model: 'gpt-41-copilot' }, 'model_not_supported', 'not supported'],
  [
    'a responses-only model',
    { model: 'gpt-5.4' },
    'unsupported_api_for_model',
    'model "gpt-5.4" is not accessible via the /chat/completions endpoint',
  ],
  [
    'a prompt over the limit',
    { messages: [user('x'.repeat(64_001 * 4))] },
    'model_max_prompt_tokens_exceeded',
    'prompt token count of 64003 exceeds the limit of 64000',
  ],
  ['no messages', { messages: [] }, 'invalid_request_body', 'messages'],
  [
    'an unknown role',
    { messages: [{ role: 'robot', content: 'x' }] },
    'invalid_request_body',
    'role',
  ],
  [
    'max_tokens on gpt-5',
    { model: 'gpt-5-mini', max_tokens: 5 },
    'invalid_request_body',
    "Use 'max_completion_tokens' instead",
  ],
  [
    'temperature on gpt-5',
    { model: 'gpt-5-mini', temperature: 0 },
    'invalid_request_body',
    'temperature',
  ],
  ['top_p on an o-series model', { model: 'o4-mini', top_p: 0.5 }, 'invalid_request_body', 'top_p'],
  ['a limit of 0', { max_tokens: 0 }, 'invalid_request_body', 'at least 1'],
  [
    'effort on a model without it',
    { model: 'claude-haiku-4.5', reasoning_effort: 'low' },
    'invalid_reasoning_effort',
    'model claude-haiku-4.5 does not support reasoning effort',
  ],
  [
    'an unknown effort',
    { model: 'gpt-5-mini', reasoning_effort: 'max' },
    'invalid_reasoning_effort',
    'low, medium, high',
  ],
  ['an empty tools list', { tools: [] }, 'invalid_request_body', "[] is too short - 'tools'"],
  ['129 tools', { tools: many }, 'invalid_request_body', 'array too long'],
  [
    'a tool name with a dot',
    { tools: [chatTool('a.b')] },
    'invalid_request_body',
    'does not match pattern',
  ],
  [
    'a tool name of 65',
    { tools: [chatTool('a'.repeat(65))] },
    'invalid_request_body',
    'does not match pattern',
  ],
  [
    'a pattern with \\p',
    { tools: [withPattern('\\p{Cc}')] },
    'invalid_request_body',
    "is not a 'regex'",
  ],
  [
    'a pattern that looks ahead',
    { tools: [withPattern('a(?=b)')] },
    'invalid_request_body',
    "is not a 'regex'",
  ],
  ['a broken pattern', { tools: [withPattern('(')] }, 'invalid_request_body', "is not a 'regex'"],
  [
    'a result without its call',
    { messages: [user('x'), orphan] },
    'invalid_request_body',
    "role 'tool'",
  ],
  [
    'a call without its result',
    { messages: [user('x'), asking, user('y')] },
    'invalid_request_body',
    'call_1',
  ],
  [
    'two images for a model of one',
    { messages: [image(PIXEL), image(PIXEL)] },
    'invalid_request_body',
    'too many images',
    VISION,
  ],
  [
    'an image for a blind model',
    { model: 'o4-mini', messages: [image(PIXEL)] },
    'invalid_request_body',
    'does not support image input',
    VISION,
  ],
  [
    'an image of a wrong type',
    { messages: [image('data:image/tiff;base64,AAAA')] },
    'invalid_request_body',
    'image/tiff',
    VISION,
  ],
  [
    'an external image for Claude',
    { model: 'claude-sonnet-4.6', messages: [image('https://example.com/a.png')] },
    'invalid_request_body',
    'external image URLs are not supported',
    VISION,
  ],
  [
    'an image of 4 MiB',
    { messages: [image(`data:image/png;base64,${'A'.repeat(4_500_000)}`)] },
    'invalid_request_body',
    'exceeds the limit of 3145728',
    VISION,
  ],
]

for (const [name, body, code, message, headers] of REFUSED) {
  test(`${name} is refused: ${code}`, async () => {
    await using caller = await call()
    const answered = await caller.chat(body, headers as Record<string, string>)
    expect(answered.status).toBe(400)
    expect(answered.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answered.text.endsWith('\n')).toBe(true)
    const { error } = answered.json as unknown as { error: Loose }
    expect(error['code']).toBe(code)
    expect(error['message']).toContain(message)
    expect(caller.emulator.control.counters.read().billed).toEqual({})
  })
}

const TAKEN: readonly [name: string, body: object, headers?: object][] = [
  ['an image with its header', { messages: [image(PIXEL)] }, VISION],
  ['an external image for GPT', { messages: [image('https://example.com/a.png')] }, VISION],
  ['a vision header without an image', {}, VISION],
  ['max_completion_tokens on gpt-5', { model: 'gpt-5-mini', max_completion_tokens: 50 }],
  ['the default temperature on gpt-5', { model: 'gpt-5-mini', temperature: 1 }],
  ['a plain pattern', { tools: [withPattern('^[a-z]+$')] }],
  ['128 tools', { tools: many.slice(1) }],
  ['a call with its result', { messages: [user('x'), asking, orphan] }],
  ['unknown fields', { snippy: { enabled: false }, intent: true, copilot_thread_id: 'x' }],
  ['stream_options', { stream: true, stream_options: { include_usage: true } }],
]

for (const [name, body, headers] of TAKEN) {
  test(`${name} is taken`, async () => {
    await using caller = await call()
    const answered = await caller.chat(body, headers as Record<string, string>)
    expect([answered.status, answered.status === 200 ? '' : answered.text]).toEqual([200, ''])
  })
}

test('an image without the vision header is refused as text', async () => {
  await using caller = await call()
  const { status, text } = await caller.chat({ messages: [image(PIXEL)] })
  expect([status, text]).toEqual([
    400,
    'bad request: missing required Copilot-Vision-Request header for vision requests\n',
  ])
})

test('switches change how errors look', async () => {
  await using caller = await call({
    quirks: [
      {
        model: 'gpt-5.4',
        quirks: { wrongWireCode: 'model_not_supported', errorType: 'application/json' },
      },
      { model: 'gpt-4o', quirks: { visionHeaderOnText: 'refused' } },
    ],
  })
  const wrong = await caller.chat({ model: 'gpt-5.4' })
  expect(wrong.json['error']['message']).toBe('Model is not supported for this request.')
  expect(wrong.headers.get('content-type')).toBe('application/json')
  const vision = await caller.chat({}, VISION)
  expect([vision.status, vision.text]).toEqual([429, 'too many concurrent vision requests\n'])
})

test('a body that is no JSON, and one that is too large', async () => {
  await using caller = await call({ maxBodyBytes: 1000 })
  const broken = await caller.post('/chat/completions', '{"model":')
  expect([broken.status, broken.json['error']['code']]).toEqual([400, 'invalid_request_body'])
  const large = await caller.chat({ messages: [user('x'.repeat(2000))] })
  expect([large.status, large.text]).toEqual([413, '413 Request Entity Too Large\n'])
})

test('the same question gets the same answer, another one another', async () => {
  await using caller = await call()
  const ask = async (text: string): Promise<string> =>
    (await caller.chat({ messages: [user(text)] })).json['choices'][0]?.['message']['content'] ?? ''
  const first = await ask('Why is the sky blue?')
  expect(first).toContain('Why is the sky blue?')
  expect(await ask('Why is the sky blue?')).toBe(first)
  expect(await ask('What is a monad?')).not.toBe(first)
})

test('a whole Claude answer is cut at its own limit', async () => {
  await using caller = await call()
  const body = { model: 'claude-haiku-4.5', messages: [user('write 20000 words')] }
  const whole = await caller.chat(body)
  expect(whole.json['usage']['completion_tokens']).toBe(16_000)
  expect(whole.json['choices'][0]?.['finish_reason']).toBe('length')
})
