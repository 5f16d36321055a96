import { expect, test } from 'vitest'
import { call, chatTool, user } from '../__fixtures__/caller.ts'
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
