import { expect, test } from 'vitest'
import { PIXEL, call, user } from '../__fixtures__/caller.ts'
import { TOOL, cached, send } from '../__fixtures__/messages.ts'

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
