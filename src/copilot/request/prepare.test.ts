import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { WireName } from '../../core/model.ts'
import type { Access, Draft, Prepared } from '../../core/upstream.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import type { ModelName } from '../__fixtures__/models.ts'
import { modelOf } from '../__fixtures__/models.ts'
import { plainDraft } from '../__fixtures__/world.ts'
import { createHeaderBlocks } from '../identity/header-blocks.ts'
import { configuredIdentity } from '../identity/profiles.ts'
import { createLessons } from './lessons.ts'
import { prepareCall } from './prepare.ts'

const ACCESS: Access = {
  origin: 'https://api.githubcopilot.com',
  basePath: '',
  authorization: { authorization: 'Bearer secret' },
  credential: 'tid',
  generation: 1,
}

interface Case {
  readonly model?: ModelName
  readonly wire?: WireName
  readonly body?: JsonObject
  readonly draft?: Partial<Draft>
  readonly environment?: Record<string, string>
  readonly identity?: Record<string, string>
}

function prepare({ model = 'plain', wire = 'chat', body = {}, draft, ...more }: Case): Prepared {
  const entry = modelOf(model)
  const identity = configuredIdentity(more.environment ?? {}, more.identity ?? {})
  return prepareCall(
    { ...plainDraft(ACCESS), model: entry, wire, body: { model: entry.id, ...body }, ...draft },
    createHeaderBlocks(identity),
    createLessons(createVirtualClock()),
  )
}

/** What the body becomes. */
function edited(input: Case): JsonObject {
  return Object.fromEntries(prepare(input).edits)
}

describe('headers', () => {
  test("all the required ones, with the editor's values, for an exchanged token", () => {
    expect(prepare({}).headers).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
      'editor-version': 'vscode/1.99.2',
      'editor-plugin-version': 'copilot-chat/0.26.3',
      'copilot-integration-id': 'vscode-chat',
      'user-agent': 'GitHubCopilotChat/0.26.3',
      'openai-intent': 'conversation-agent',
      'x-github-api-version': '2025-04-01',
      'x-initiator': 'user',
      'x-interaction-type': 'conversation-agent',
      'x-request-id': 'request-1',
    })
  })

  test("the command line's identity for a GitHub token used directly", () => {
    const access: Access = { ...ACCESS, credential: 'direct' }
    expect(prepare({ draft: { access } }).headers).toMatchObject({
      'copilot-integration-id': 'copilot-developer-cli',
      'user-agent': 'copilot/1.0.78',
      'x-github-api-version': '2026-07-01',
    })
  })

  test('the path and the intent follow the wire', () => {
    expect(prepare({}).path).toBe('/chat/completions')
    expect(prepare({ model: 'reasoner', wire: 'responses' }).path).toBe('/responses')
    expect(prepare({ model: 'embeddings', wire: 'embeddings' }).path).toBe('/embeddings')
    const messages = prepare({ model: 'claude', wire: 'messages' })
    expect(messages.path).toBe('/v1/messages')
    expect(messages.headers).toMatchObject({
      'openai-intent': 'messages-proxy',
      'x-interaction-type': 'messages-proxy',
      'x-github-api-version': '2026-06-01',
      'anthropic-version': '2023-06-01',
    })
  })

  test('the environment, the configuration, the caller and extra headers, in that order', () => {
    const environment = {
      EDITOR_VERSION: 'env/1',
      EDITOR_PLUGIN_VERSION: 'env/1',
      VSCODE_MACHINE_ID: 'machine',
      VSCODE_SESSION_ID: 'session',
    }
    const identity = { 'Editor-Plugin-Version': 'config/1', 'openai-intent': '' }
    const { headers } = prepare({
      environment,
      identity,
      draft: {
        callerHeaders: new Map([
          ['editor-version', 'caller/1'],
          ['copilot-integration-id', 'caller'],
          ['vscode-sessionid', 'caller'],
          ['x-interaction-type', 'conversation-subagent'],
          ['user-agent', 'GithubCopilot/1.155.0'],
          ['anthropic-version', '2023-01-01'],
          ['x-github-api-version', '1999-01-01'],
          ['cookie', 'a=b'],
          ['x-stainless-lang', 'js'],
          ['content-type', 'text/plain'],
        ]),
        extraHeaders: {
          'copilot-integration-id': 'extra',
          'x-custom': 'yes',
          authorization: 'Bearer stolen',
          host: 'evil.example',
          connection: 'close',
        },
      },
    })
    expect(headers).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
      'editor-version': 'caller/1',
      'editor-plugin-version': 'config/1',
      'copilot-integration-id': 'extra',
      'user-agent': 'GithubCopilot/1.155.0',
      'vscode-machineid': 'machine',
      'vscode-sessionid': 'caller',
      'x-interaction-type': 'conversation-subagent',
      'x-github-api-version': '2025-04-01',
      'x-initiator': 'user',
      'x-request-id': 'request-1',
      'anthropic-version': '2023-01-01',
      'x-custom': 'yes',
    })
  })

  for (const [agent, passes] of [
    ['GithubCopilot/1.155.0', true],
    ['vscode/1.99.2', true],
    ['Neovim/0.11', true],
    ['JetBrains-IC/251', true],
    ['OpenAI/Python 1.40.0', false],
    ['claude-cli/2.1 (external)', false],
    ['curl/8.5.0', false],
    ['node', false],
    ['Mozilla/5.0', false],
  ] as const) {
    test(`user-agent ${agent} ${passes ? 'goes on' : 'stays'}`, () => {
      const { headers } = prepare({ draft: { callerHeaders: new Map([['user-agent', agent]]) } })
      expect(headers['user-agent']).toBe(passes ? agent : 'GitHubCopilotChat/0.26.3')
    })
  }

  test('the vision header only with images', () => {
    const facts = { ...plainDraft(ACCESS).facts, hasImages: true }
    expect(prepare({ draft: { facts } }).headers['copilot-vision-request']).toBe('true')
    expect(prepare({}).headers).not.toHaveProperty('copilot-vision-request')
  })

  test('a stream asks for events', () => {
    expect(prepare({ draft: { stream: true } }).headers['accept']).toBe('text/event-stream')
  })

  test('beta features Copilot does not know are left out and named', () => {
    const callerHeaders = new Map([
      [
        'anthropic-beta',
        'claude-code-20250219, interleaved-thinking-2025-05-14,context-1m-2025-08-07',
      ],
    ])
    const { headers, rewrites } = prepare({
      model: 'claude',
      wire: 'messages',
      draft: { callerHeaders },
    })
    expect(headers['anthropic-beta']).toBe('interleaved-thinking-2025-05-14')
    expect(rewrites).toEqual([
      {
        field: 'anthropic-beta',
        action: 'removed',
        reason:
          'Copilot refuses beta features it does not know: claude-code-20250219, context-1m-2025-08-07',
      },
    ])
    const none = prepare({
      model: 'claude',
      wire: 'messages',
      draft: { callerHeaders: new Map([['anthropic-beta', 'context-1m-2025-08-07']]) },
    })
    expect(none.headers).not.toHaveProperty('anthropic-beta')
  })

  test.each([
    ['2023-06-01', '2023-06-01', 0],
    ['2023-01-01', '2023-01-01', 0],
    ['2026-10-21', '2023-06-01', 1],
  ])('the version %s of the Messages API is sent as %s', (asked, sent, notes) => {
    const { headers, rewrites } = prepare({
      model: 'claude',
      wire: 'messages',
      draft: { callerHeaders: new Map([['anthropic-version', asked]]) },
    })
    expect(headers['anthropic-version']).toBe(sent)
    expect(rewrites.filter(({ field }) => field === 'anthropic-version')).toHaveLength(notes)
  })
})

describe('initiator', () => {
  const facts = {
    ...plainDraft(ACCESS).facts,
    lastTurn: 'agent' as const,
    lastTurnReason: 'the last message is a tool result',
  }
  for (const [name, draft, value, reason] of [
    ['the last turn, a human', {}, 'user', /human turn/],
    ['the last turn, a tool', { facts }, 'agent', /tool result/],
    ['the caller', { facts, callerHeaders: new Map([['x-initiator', 'User']]) }, 'user', /caller/],
    ['the deployment', { extraHeaders: { 'x-initiator': 'agent' } }, 'agent', /caller/],
    [
      'a second attempt',
      { attempt: 2, callerHeaders: new Map([['x-initiator', 'user']]) },
      'agent',
      /repeated/,
    ],
    [
      'nonsense is no word',
      { callerHeaders: new Map([['x-initiator', 'constructor']]) },
      'user',
      /human/,
    ],
  ] as const) {
    test(`by ${name}`, () => {
      const { initiator, headers } = prepare({ draft })
      expect(initiator.value).toBe(value)
      expect(initiator.reason).toMatch(reason)
      expect(headers['x-initiator']).toBe(value)
    })
  }
})

test('a body that needs nothing is left alone, whatever the wire', () => {
  for (const [model, wire, body] of [
    [
      'plain',
      'chat',
      { messages: [], temperature: 0, max_tokens: 9, tools: [tool({ type: 'object' })] },
    ],
    ['reasoner', 'chat', { messages: [], max_completion_tokens: 9, reasoning_effort: 'low' }],
    ['claude', 'chat', { messages: [], temperature: 0, max_tokens: 9 }],
    [
      'reasoner',
      'responses',
      { input: 'hi', store: false, reasoning: { effort: 'high', summary: 'auto' } },
    ],
    [
      'claude',
      'messages',
      { messages: [], max_tokens: 9, thinking: { type: 'enabled', budget_tokens: 2048 } },
    ],
    ['embeddings', 'embeddings', { input: ['a'] }],
  ] as const) {
    const { edits, rewrites, degraded } = prepare({
      model,
      wire,
      body: body as unknown as JsonObject,
    })
    expect([...edits], `${model} on ${wire}`).toEqual([])
    expect(rewrites).toEqual([])
    expect(degraded).toEqual([])
  }
})

function tool(parameters: JsonObject): JsonObject {
  return { type: 'function', function: { name: 'f', parameters } }
}

describe('chat bodies', () => {
  test("the catalogue's name of the model", () => {
    expect(prepare({ body: { model: 'github_copilot/gpt-4o' } })).toMatchObject({
      edits: new Map([['model', 'gpt-4o']]),
      rewrites: [{ field: 'model', action: 'set' }],
    })
  })

  test('a reasoning model of OpenAI counts completion tokens and samples by itself', () => {
    const { edits, degraded, rewrites } = prepare({
      model: 'reasoner',
      body: { max_tokens: 100, temperature: 0.2, top_p: 1 },
    })
    expect(Object.fromEntries(edits)).toEqual({
      max_tokens: undefined,
      max_completion_tokens: 100,
      temperature: undefined,
      top_p: undefined,
    })
    // top_p 1 is what the model does anyway.
    expect(degraded).toEqual(['temperature'])
    expect(rewrites.map(({ field, action }) => `${field} ${action}`)).toEqual([
      'max_tokens removed',
      'max_completion_tokens renamed',
      'temperature removed',
      'top_p removed',
    ])
  })

  test('of two limits the one the model knows stays', () => {
    const both = { max_tokens: 1, max_completion_tokens: 2 }
    expect(edited({ model: 'reasoner', body: both })).toEqual({ max_tokens: undefined })
    expect(edited({ model: 'claude', body: both })).toEqual({ max_completion_tokens: undefined })
    expect(edited({ model: 'plain', body: both })).toEqual({})
    expect(edited({ model: 'gemini', body: { max_completion_tokens: 2 } })).toEqual({
      max_completion_tokens: undefined,
      max_tokens: 2,
    })
  })

  test('Claude refuses temperature and top_p together: the idle one goes', () => {
    expect(edited({ model: 'claude', body: { temperature: 0, top_p: 1 } })).toEqual({
      top_p: undefined,
    })
    expect(edited({ model: 'claude', body: { temperature: 1, top_p: 0.5 } })).toEqual({
      temperature: undefined,
    })
    // Both mean something: upstream decides, and what it says is learnt.
    expect(edited({ model: 'claude', body: { temperature: 0, top_p: 0.5 } })).toEqual({})
  })

  for (const [model, asked, sent, lost] of [
    ['reasoner', 'minimal', 'low', true],
    ['reasoner', 'xhigh', 'high', true],
    ['reasoner', 'medium', 'medium', false],
    ['reasoner', 'none', undefined, true],
    ['reasoner', 'word-of-next-month', 'word-of-next-month', false],
    ['plain', 'high', undefined, true],
    ['plain', 'none', undefined, false],
  ] as const) {
    test(`reasoning_effort ${asked} to ${model} becomes ${sent}`, () => {
      const { edits, degraded } = prepare({ model, body: { reasoning_effort: asked } })
      expect(edits.has('reasoning_effort') ? edits.get('reasoning_effort') : asked).toBe(sent)
      expect(degraded).toEqual(lost ? ['reasoning_effort'] : [])
    })
  }

  test('an empty list of tools goes, with what hangs on it', () => {
    expect(edited({ body: { tools: [], tool_choice: 'auto' } })).toEqual({
      tools: undefined,
      tool_choice: undefined,
    })
  })

  test('a schema that Claude ignores on this wire is named, and sent', () => {
    const { degraded, edits } = prepare({
      model: 'claude',
      body: { response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
    })
    expect(degraded).toEqual(['response_format'])
    expect(edits.size).toBe(0)
  })
})

describe('responses bodies', () => {
  test('what Copilot does not have goes', () => {
    const { edits, degraded } = prepare({
      model: 'reasoner',
      wire: 'responses',
      body: {
        service_tier: 'priority',
        store: true,
        background: true,
        previous_response_id: null,
        temperature: 0.5,
        reasoning: { effort: 'max' },
      },
    })
    expect(Object.fromEntries(edits)).toEqual({
      service_tier: undefined,
      store: false,
      background: undefined,
      previous_response_id: undefined,
      temperature: undefined,
      reasoning: { effort: 'high' },
    })
    expect(degraded).toEqual([
      'service_tier',
      'store',
      'background',
      'temperature',
      'reasoning.effort',
    ])
  })

  test('an answer that is named stays named: without it the call would mean something else', () => {
    const body = { previous_response_id: 'resp_1' }
    expect(edited({ model: 'reasoner', wire: 'responses', body })).toEqual({})
  })

  test('reasoning items lose nulls, never content; ids go only after a refusal', () => {
    const input = [
      { type: 'message', id: 'm', role: 'user', content: null },
      {
        type: 'reasoning',
        id: 'r',
        summary: [],
        encrypted_content: '',
        content: null,
        status: null,
      },
      { type: 'item_reference', id: 'x' },
    ]
    const first = { model: 'reasoner', wire: 'responses', body: { input } } as const
    expect(edited(first)).toEqual({
      input: [
        input[0],
        { type: 'reasoning', id: 'r', summary: [], encrypted_content: '' },
        input[2],
      ],
    })
    expect(edited({ ...first, draft: { lessons: [{ kind: 'drop-item-ids' }] } })).toEqual({
      input: [
        { type: 'message', role: 'user', content: null },
        { type: 'reasoning', summary: [], encrypted_content: '' },
      ],
    })
  })

  test('tools inside namespaces are mended too', () => {
    const schema = { type: 'object', properties: { a: { type: 'string', pattern: '\\p{Cc}' } } }
    const tools = [
      {
        type: 'namespace',
        name: 'n',
        tools: [{ type: 'function', name: 'f', parameters: schema }],
      },
      { type: 'web_search' },
      'odd',
    ]
    expect(edited({ model: 'reasoner', wire: 'responses', body: { tools } })).toEqual({
      tools: [
        {
          type: 'namespace',
          name: 'n',
          tools: [
            {
              type: 'function',
              name: 'f',
              parameters: { type: 'object', properties: { a: { type: 'string' } } },
            },
          ],
        },
        { type: 'web_search' },
        'odd',
      ],
    })
  })
})

describe('tools that a model refused', () => {
  const lesson = { kind: 'drop-parameter', name: 'tools: web_search', model: 'm' } as const
  const own = { type: 'function', name: 'f', parameters: {} }
  const search = { type: 'web_search', external_web_access: true }
  test.each([
    ['go, beside others', { tools: [own, search] }, { tools: [own] }, ['tools.web_search']],
    ['stay where nothing else is offered', { tools: [search] }, {}, []],
    [
      'stay where the choice insists',
      { tools: [own, search], tool_choice: { type: 'web_search' } },
      {},
      [],
    ],
    ['are not looked for where there are none', { tools: [own] }, {}, []],
    [
      'go by Anthropic’s name, too',
      { tools: [own, { type: 'web_search_20250305', name: 'web_search' }] },
      { tools: [own] },
      ['tools.web_search'],
    ],
    [
      'stay where the choice insists by name',
      {
        tools: [own, { type: 'web_search_20250305', name: 'web_search' }],
        tool_choice: { type: 'tool', name: 'web_search' },
      },
      {},
      [],
    ],
  ])('%s', (_, body, edits, degraded) => {
    const prepared = prepare({
      model: 'reasoner',
      wire: 'responses',
      body,
      draft: { lessons: [lesson] },
    })
    expect(Object.fromEntries(prepared.edits)).toEqual(edits)
    expect(prepared.degraded).toEqual(degraded)
  })
})

describe('messages bodies', () => {
  const messages = (body: JsonObject, model: ModelName = 'claude'): Prepared =>
    prepare({ model, wire: 'messages', body })

  test('a note for Anthropic’s billing goes from the front of the system prompt', () => {
    const note = { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.197' }
    const own = { type: 'text', text: 'Be brief.' }
    const { edits, rewrites } = messages({ system: [note, own] })
    expect(Object.fromEntries(edits)).toEqual({ system: [own] })
    expect(rewrites).toMatchObject([{ field: 'system', action: 'repaired' }])
    expect(Object.fromEntries(messages({ system: [note] }).edits)).toEqual({ system: undefined })
    expect(messages({ system: [own] }).edits.size).toBe(0)
  })

  test("what only Anthropic's own API knows goes", () => {
    const { edits } = messages({
      service_tier: 'auto',
      inference_geo: 'us',
      output_format: { type: 'json_schema', schema: {} },
      output_config: { effort: 'high' },
      max_tokens: 90_000,
    })
    expect(Object.fromEntries(edits)).toEqual({
      service_tier: undefined,
      inference_geo: undefined,
      output_format: undefined,
      output_config: { effort: 'high', format: { type: 'json_schema', schema: {} } },
      max_tokens: 32_000,
    })
  })

  test('cache_control loses its scope wherever it stands, and nothing else', () => {
    const scoped = { type: 'ephemeral', ttl: '1h', scope: 'global' }
    const plain = { type: 'ephemeral', ttl: '1h' }
    const text = (cache: JsonObject): JsonObject => ({
      type: 'text',
      text: 't',
      cache_control: cache,
    })
    const untouched = { role: 'assistant', content: [text(plain)] }
    const { edits } = messages({
      system: [text(scoped)],
      messages: [
        { role: 'user', content: 'text' },
        { role: 'user', content: [{ type: 'tool_result', content: [text(scoped)] }, text(scoped)] },
        untouched,
      ],
      tools: [
        {
          name: 'f',
          input_schema: { $schema: 'x', type: 'object' },
          cache_control: scoped,
          eager_input_streaming: true,
        },
      ],
    })
    expect(Object.fromEntries(edits)).toEqual({
      system: [text(plain)],
      messages: [
        { role: 'user', content: 'text' },
        { role: 'user', content: [{ type: 'tool_result', content: [text(plain)] }, text(plain)] },
        untouched,
      ],
      tools: [{ name: 'f', input_schema: { type: 'object' }, cache_control: plain }],
    })
    expect((edits.get('messages') as unknown[])[2]).toBe(untouched)
  })

  for (const [name, model, thinking, maxTokens, sent] of [
    [
      'a budget too small is off',
      'claude',
      { type: 'enabled', budget_tokens: 500 },
      4096,
      undefined,
    ],
    [
      'a budget too large is cut',
      'claude',
      { type: 'enabled', budget_tokens: 50_000 },
      64_000,
      { type: 'enabled', budget_tokens: 32_000 },
    ],
    [
      'a budget for one that only adapts',
      'adaptive',
      { type: 'enabled', budget_tokens: 2048 },
      4096,
      { type: 'adaptive' },
    ],
    [
      'adaptive with a budget',
      'claude',
      { type: 'adaptive', budget_tokens: 2048 },
      4096,
      { type: 'adaptive' },
    ],
    [
      'adaptive for one that only knows budgets',
      'budgeted',
      { type: 'adaptive' },
      4096,
      { type: 'enabled', budget_tokens: 4095 },
    ],
    ['adaptive without room for a budget', 'budgeted', { type: 'adaptive' }, 1000, undefined],
    ['any for one that does not think', 'thoughtless', { type: 'adaptive' }, 4096, undefined],
  ] as const) {
    test(`thinking: ${name}`, () => {
      const { edits } = messages({ thinking, max_tokens: maxTokens }, model)
      expect(edits.get('thinking')).toEqual(sent)
      expect(edits.has('thinking')).toBe(true)
    })
  }

  test('an effort the model has not becomes the nearest, or goes', () => {
    const effort = { output_config: { effort: 'max' } }
    expect(messages(effort).edits.get('output_config')).toEqual({ effort: 'high' })
    expect([...messages(effort, 'budgeted').edits]).toEqual([['output_config', undefined]])
  })
})

test('embeddings take a list only', () => {
  expect(edited({ model: 'embeddings', wire: 'embeddings', body: { input: 'a' } })).toEqual({
    input: ['a'],
  })
})

describe('what a refusal taught', () => {
  const model = 'gpt-4o'

  test('holds for the rest of the call, whatever the wire calls it', () => {
    const lessons = [
      { kind: 'drop-parameter', name: 'seed', model },
      { kind: 'drop-parameter', name: 'reasoning_effort', model },
      { kind: 'rename-parameter', from: 'max_tokens', to: 'max_completion_tokens', model },
    ] as const
    expect(edited({ body: { seed: 1, max_tokens: 5 }, draft: { lessons } })).toEqual({
      seed: undefined,
      max_tokens: undefined,
      max_completion_tokens: 5,
    })
    expect(
      edited({
        model: 'claude',
        wire: 'messages',
        body: { output_config: { effort: 'low' } },
        draft: { lessons },
      }),
    ).toEqual({ output_config: undefined })
    expect(
      edited({
        model: 'reasoner',
        wire: 'responses',
        body: { reasoning: { effort: 'low', summary: 'auto' } },
        draft: { lessons },
      }),
    ).toEqual({ reasoning: { summary: 'auto' } })
  })

  test('holds for later calls, for a while', async () => {
    const clock = createVirtualClock()
    const lessons = createLessons(clock)
    lessons.learn({ kind: 'drop-parameter', name: 'seed', model })
    lessons.learn({ kind: 'other-wire', wire: 'chat', model: 'gpt-5-mini' })
    lessons.learn({ kind: 'other-wire', wire: 'chat', model })
    expect(lessons.dropped(model, [])).toEqual(['seed'])
    expect(lessons.apply(modelOf('reasoner')).wires).toEqual(['responses'])
    // The entry names no other wire; OpenAI's own is the next best guess.
    expect(lessons.apply(modelOf('plain')).wires).toEqual(['responses'])
    lessons.learn({ kind: 'other-wire', wire: 'responses', model })
    expect(lessons.apply(modelOf('plain')).wires).toEqual(['chat'])
    await clock.advance(3_600_001)
    expect(lessons.dropped(model, [])).toEqual([])
    expect(lessons.apply(modelOf('reasoner')).wires).toEqual(['chat', 'responses'])
  })
})
