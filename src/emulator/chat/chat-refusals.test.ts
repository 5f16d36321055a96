import { expect, test } from 'vitest'
import { PIXEL, call, chatTool, user } from '../__fixtures__/caller.ts'
import type { Loose } from '../__fixtures__/caller.ts'

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
