import { expect, test } from 'vitest'
import { PIXEL, call, user } from '../__fixtures__/caller.ts'

const ALL = { 'x-interaction-type': 'conversation-agent', 'x-request-id': 'abc' }
const image = { role: 'user', content: [{ type: 'image_url', image_url: { url: PIXEL } }] }
const asked = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'c', type: 'function', function: { name: 'add', arguments: '{}' } }],
}
const result = { role: 'tool', tool_call_id: 'c', content: '3' }
const use = { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'add', input: {} }] }
const used = { type: 'tool_result', tool_use_id: 'c', content: '3' }
const AGENT = 'x-initiator is user, but the last turn is not from a person'
const VISION = { 'copilot-vision-request': 'true' }

const CASES: readonly [
  name: string,
  path: string,
  body: object,
  headers: Record<string, string | undefined>,
  remarks: string[],
][] = [
  ['a careful call', '/chat/completions', { messages: [user('x')] }, ALL, []],
  [
    'headers left out',
    '/chat/completions',
    { messages: [user('x')] },
    { ...ALL, 'openai-intent': undefined, 'x-request-id': undefined },
    ['openai-intent is missing', 'x-request-id is missing'],
  ],
  [
    'an image with its header',
    '/chat/completions',
    { messages: [image] },
    { ...ALL, ...VISION },
    [],
  ],
  [
    'the vision header on text',
    '/chat/completions',
    { messages: [user('x')] },
    { ...ALL, ...VISION },
    ['copilot-vision-request is sent without an image'],
  ],
  [
    "a tool result as a person's",
    '/chat/completions',
    { messages: [user('x'), asked, result] },
    ALL,
    [AGENT],
  ],
  [
    'a tool result as an agent’s',
    '/chat/completions',
    { messages: [user('x'), asked, result] },
    { ...ALL, 'x-initiator': 'agent' },
    [],
  ],
  [
    'instructions behind what a person said',
    '/chat/completions',
    { messages: [user('x'), { role: 'system', content: 'Be brief.' }] },
    ALL,
    [],
  ],
  [
    "instructions behind a tool result as a person's",
    '/chat/completions',
    { messages: [user('x'), asked, result, { role: 'system', content: 'Be brief.' }] },
    ALL,
    [AGENT],
  ],
  [
    'Messages: a result alone',
    '/v1/messages',
    {
      model: 'claude-sonnet-4.6',
      max_tokens: 9,
      messages: [user('x'), use, { role: 'user', content: [used] }],
    },
    ALL,
    [AGENT],
  ],
  [
    'Messages: a result and words',
    '/v1/messages',
    {
      model: 'claude-sonnet-4.6',
      max_tokens: 9,
      messages: [
        user('x'),
        use,
        { role: 'user', content: [used, { type: 'text', text: 'go on' }] },
      ],
    },
    ALL,
    [],
  ],
  [
    'Responses: an output',
    '/responses',
    {
      model: 'gpt-5.4',
      input: [
        user('x'),
        { type: 'function_call', call_id: 'c', name: 'add', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: '3' },
      ],
    },
    ALL,
    [AGENT],
  ],
  ['Responses: a text', '/responses', { model: 'gpt-5.4', input: 'hello' }, ALL, []],
  ['another route', '/nothing', {}, {}, []],
]

for (const [name, path, body, headers, remarks] of CASES) {
  test(`${name}: ${remarks.join('; ') || 'nothing to remark'}`, async () => {
    await using caller = await call()
    await caller.post(path, { model: 'gpt-4o', ...body }, headers)
    expect(caller.emulator.control.requests.list()[0]?.remarks).toEqual(remarks)
  })
}
