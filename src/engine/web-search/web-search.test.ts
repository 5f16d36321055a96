import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../core/default-settings.ts'
import type { JsonObject } from '../../core/json.ts'
import { dialects, wires } from '../../dialects/index.ts'
import { events, json } from '../__fixtures__/scripted-server.ts'
import type { Reply } from '../__fixtures__/scripted-server.ts'
import { ask, useHouses } from '../__fixtures__/served-house.ts'
import { tinyModel } from '../__fixtures__/tiny-upstream.ts'

const { house } = useHouses()

const PRICES = {
  inputNanoCredits: 2,
  cachedInputNanoCredits: 1,
  cacheWriteNanoCredits: 2,
  outputNanoCredits: 5,
}
const MODELS = [
  tinyModel('claude', { wires: ['messages'] }),
  tinyModel('talks', { wires: ['chat'] }),
  tinyModel('searches', { wires: ['chat', 'responses'], prices: PRICES }),
]
const TEXT = 'Ünlike others, Jetway flies.'
const CITED = {
  type: 'url_citation',
  url: 'https://jetway.example/',
  title: 'Jetway',
  start_index: 15,
  end_index: 21,
}
const CALL = {
  type: 'web_search_call',
  id: 'ws_1',
  status: 'completed',
  action: { type: 'search', query: 'jetway' },
}
const MESSAGE = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: TEXT, annotations: [CITED] }],
}
const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'searches',
  status: 'completed',
  output: [CALL, MESSAGE],
  usage: { input_tokens: 10, output_tokens: 4, total_tokens: 14 },
}
const WHOLE = json(200, RESPONSE)
const STREAM = events(
  ...[
    { type: 'response.created', response: { ...RESPONSE, status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { ...CALL, status: 'searching' } },
    { type: 'response.output_item.done', output_index: 0, item: CALL },
    { type: 'response.output_item.added', output_index: 1, item: { ...MESSAGE, content: [] } },
    { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: TEXT },
    {
      type: 'response.output_text.annotation.added',
      output_index: 1,
      content_index: 0,
      annotation: CITED,
    },
    { type: 'response.output_item.done', output_index: 1, item: MESSAGE },
    { type: 'response.completed', response: RESPONSE },
  ].map((event) => JSON.stringify(event)),
)

async function search(
  dialect: string,
  body: JsonObject,
  { reply = WHOLE, model = 'searches', asked = 'claude' }: Partial<World> = {},
) {
  const made = await house([reply], { dialects, wires, upstream: { models: MODELS } })
  made.house.settings = {
    ...DEFAULT_SETTINGS,
    ...(model === null ? {} : { webSearch: { model } }),
  }
  const path = { params: { model: asked }, query: new Map<string, string>() }
  const request = { model: asked, ...body }
  const { sink, record } = await ask(made.engine, request, { dialect, path })
  const sent = made.server.received.map((one) => JSON.parse(one.body) as JsonObject)
  return { sink, record, sent }
}

interface World {
  readonly reply: Reply
  /** `null`: none is configured. */
  readonly model: string | null
  readonly asked: string
}

/** As Claude Code makes it. */
const CLAUDE: JsonObject = {
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Perform a web search for the query: jetway' }],
  tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 8 }],
  tool_choice: { type: 'tool', name: 'web_search' },
  thinking: { type: 'disabled' },
}
const GEMINI: JsonObject = {
  contents: [{ role: 'user', parts: [{ text: 'jetway' }] }],
  tools: [{ googleSearch: {} }],
}
const CHAT: JsonObject = {
  messages: [{ role: 'user', content: 'jetway' }],
  web_search_options: {
    search_context_size: 'low',
    user_location: { type: 'approximate', approximate: { country: 'DE' } },
  },
}

describe('what the model that searches is sent', () => {
  test('Anthropic’s tool', async () => {
    const { sent, record, sink } = await search('messages', {
      ...CLAUDE,
      tools: [
        {
          type: 'web_search_20250305',
          name: 'web_search',
          max_uses: 8,
          allowed_domains: ['jetway.example'],
          user_location: { type: 'approximate', city: 'Berlin' },
        },
      ],
    })
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({
      model: 'searches',
      tools: [
        {
          type: 'web_search',
          filters: { allowed_domains: ['jetway.example'] },
          user_location: { type: 'approximate', city: 'Berlin' },
        },
      ],
      tool_choice: 'required',
    })
    expect(sent[0]).not.toHaveProperty('reasoning')
    // It is another model that answers, and nobody counts its searches.
    expect(record.degraded).toEqual(['web_search_model', 'tools.max_uses'])
    expect(sink.headers['x-jetway-model']).toBe('tiny/searches')
    expect(sink.headers['x-jetway-degraded']).toBe('web_search_model, tools.max_uses')
    expect(record.rewrites).toContainEqual({
      field: 'model',
      action: 'set',
      reason: 'web searches are done by searches',
    })
  })

  test('Gemini’s', async () => {
    const { sent, record } = await search('gemini:generateContent', GEMINI)
    expect(sent[0]).toMatchObject({ model: 'searches', tools: [{ type: 'web_search' }] })
    expect(record.degraded).toEqual(['web_search_model'])
  })

  test('chat’s', async () => {
    const { sent } = await search('chat', CHAT)
    expect(sent[0]).toMatchObject({
      model: 'searches',
      tools: [
        {
          type: 'web_search',
          search_context_size: 'low',
          user_location: { type: 'approximate', country: 'DE' },
        },
      ],
    })
    expect(JSON.stringify(sent[0])).not.toContain('web_search_options')
  })

  test('it is one call in the ledger, at the price of the model that answered', async () => {
    const { record } = await search('messages', CLAUDE)
    expect(record).toMatchObject({
      outcome: 'ok',
      modelAsked: 'claude',
      model: 'searches',
      wire: 'responses',
      usage: { inputTokens: 10, outputTokens: 4 },
      cost: { nanoCredits: 40, source: 'estimate' },
    })
    expect(record.attempts).toHaveLength(1)
  })
})

describe('what the client gets', () => {
  const use = (id: unknown): JsonObject => ({
    type: 'server_tool_use',
    id: id as string,
    name: 'web_search',
    input: { query: 'jetway' },
  })
  const result = (id: unknown): JsonObject => ({
    type: 'web_search_tool_result',
    tool_use_id: id as string,
    content: [
      {
        type: 'web_search_result',
        url: 'https://jetway.example/',
        title: 'Jetway',
        encrypted_content: '',
        page_age: null,
      },
    ],
  })
  const citation = {
    type: 'web_search_result_location',
    url: 'https://jetway.example/',
    title: 'Jetway',
    encrypted_index: '',
    cited_text: '',
  }

  test('messages', async () => {
    const { sink } = await search('messages', CLAUDE)
    const { content, stop_reason: stop, model } = JSON.parse(sink.text) as JsonObject
    const id = (content as JsonObject[])[0]?.['id']
    expect(id).toMatch(/^srvtoolu_jetway_\w+$/)
    expect(content).toEqual([
      use(id),
      { type: 'text', text: TEXT, citations: [citation] },
      result(id),
    ])
    expect({ stop, model }).toEqual({ stop: 'end_turn', model: 'claude' })
  })

  test('messages: what is known at once stands at once', async () => {
    const action = { ...CALL.action, sources: [{ type: 'url', url: 'https://a.example/' }] }
    const output = [{ ...CALL, action }, CALL, MESSAGE]
    const { sink } = await search('messages', CLAUDE, { reply: json(200, { ...RESPONSE, output }) })
    const { content } = JSON.parse(sink.text) as { content: JsonObject[] }
    expect(content.map(({ type }) => type)).toEqual([
      'server_tool_use',
      'web_search_tool_result',
      'server_tool_use',
      'text',
      'web_search_tool_result',
    ])
    expect(content[1]?.['tool_use_id']).toBe(content[0]?.['id'])
    expect(content[1]?.['content']).toMatchObject([{ url: 'https://a.example/' }])
    expect(content[4]?.['tool_use_id']).toBe(content[2]?.['id'])
    expect(content[2]?.['id']).not.toBe(content[0]?.['id'])
  })

  test('messages, streamed: the call’s input as deltas, its result when it is known', async () => {
    const { sink } = await search('messages', { ...CLAUDE, stream: true }, { reply: STREAM })
    const seen = eventsOf(sink.text)
    const blocks: JsonObject[] = []
    let inputs = ''
    const citations: unknown[] = []
    for (const event of seen) {
      const block = event['content_block'] as JsonObject | undefined
      const delta = event['delta'] as JsonObject | undefined
      if (block) blocks.push(block)
      if (delta?.['type'] === 'input_json_delta') inputs += delta['partial_json'] as string
      if (delta?.['type'] === 'citations_delta') citations.push(delta['citation'])
    }
    const id = blocks[0]?.['id']
    expect(blocks).toEqual([{ ...use(id), input: {} }, { type: 'text', text: '' }, result(id)])
    expect(JSON.parse(inputs)).toEqual({ query: 'jetway' })
    expect(citations).toEqual([citation])
    expect(seen.at(-1)).toEqual({ type: 'message_stop' })
    const indexes = seen.flatMap(({ type, index }) =>
      type === 'content_block_stop' ? [index] : [],
    )
    expect(indexes).toEqual([0, 1, 2])
  })

  const grounding = {
    webSearchQueries: ['jetway'],
    groundingChunks: [{ web: { uri: 'https://jetway.example/', title: 'Jetway' } }],
    groundingSupports: [
      {
        // In bytes: the first letter has two.
        segment: { startIndex: 16, endIndex: 22, text: 'Jetway' },
        groundingChunkIndices: [0],
      },
    ],
  }

  test('gemini', async () => {
    const { sink } = await search('gemini:generateContent', GEMINI)
    expect(JSON.parse(sink.text)).toMatchObject({
      candidates: [
        {
          content: { role: 'model', parts: [{ text: TEXT }] },
          finishReason: 'STOP',
          groundingMetadata: grounding,
        },
      ],
    })
  })

  test('gemini, streamed', async () => {
    const path = 'gemini:streamGenerateContent'
    const made = await search(path, GEMINI, { reply: WHOLE })
    expect(made.sink.status).toBe(200)
    const last = eventsOf((await streamed(path, GEMINI)).text).at(-1)
    expect(last).toMatchObject({ candidates: [{ groundingMetadata: grounding }] })
  })

  const annotation = {
    type: 'url_citation',
    url_citation: {
      url: 'https://jetway.example/',
      title: 'Jetway',
      start_index: 15,
      end_index: 21,
    },
  }

  test('chat', async () => {
    const { sink } = await search('chat', CHAT)
    expect(JSON.parse(sink.text)).toMatchObject({
      choices: [{ message: { content: TEXT, annotations: [annotation] }, finish_reason: 'stop' }],
    })
  })

  test('chat, streamed', async () => {
    const { sink } = await search('chat', { ...CHAT, stream: true }, { reply: STREAM })
    const deltas = eventsOf(sink.text).flatMap(({ choices }) =>
      (choices as unknown as readonly { delta: JsonObject }[]).map(({ delta }) => delta),
    )
    expect(deltas).toContainEqual({ annotations: [annotation] })
    expect(deltas.map(({ content }) => (content ?? '') as string).join('')).toBe(TEXT)
  })
})

async function streamed(dialect: string, body: JsonObject) {
  const made = await house([STREAM], { dialects, wires, upstream: { models: MODELS } })
  made.house.settings = { ...DEFAULT_SETTINGS, webSearch: { model: 'searches' } }
  const path = { params: { model: 'claude' }, query: new Map<string, string>() }
  const call = { dialect, path, stream: true, model: 'claude' }
  return (await ask(made.engine, body, call)).sink
}

function eventsOf(text: string): JsonObject[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as JsonObject)
}

describe('what stays with the model that was asked', () => {
  const other = { name: 'f', description: 'd', input_schema: { type: 'object' } }
  test.each<readonly [string, string, JsonObject]>([
    [
      'a turn with other tools',
      'messages',
      { ...CLAUDE, tools: [...(CLAUDE['tools'] as []), other] },
    ],
    ['a search that may not be made', 'messages', { ...CLAUDE, tool_choice: { type: 'none' } }],
    ['no tools', 'messages', { ...CLAUDE, tools: [], tool_choice: undefined }],
    [
      'another server tool',
      'messages',
      { ...CLAUDE, tools: [{ type: 'bash_20250124', name: 'bash' }] },
    ],
  ])('%s', async (_what, dialect, body) => {
    const { record } = await search(dialect, body)
    expect(record.model).toBe('claude')
  })

  test('a search on the responses wire', async () => {
    const body = { input: 'jetway', tools: [{ type: 'web_search' }] }
    const { record, sent } = await search('responses', body, { asked: 'searches' })
    expect(record.degraded).toEqual([])
    expect(sent[0]).toMatchObject(body)
  })
})

describe('what is refused', () => {
  const HINT = 'the operator names a model that searches, as in `jetway: { web_search:'

  test.each<readonly [string, string, JsonObject, string]>([
    ['translated', 'messages', CLAUDE, 'talks'],
    ['by its upstream', 'messages', CLAUDE, 'claude'],
    ['gemini', 'gemini:generateContent', GEMINI, 'talks'],
    ['chat', 'chat', CHAT, 'claude'],
  ])(
    'without a configured model, with a word on what to do: %s',
    async (_n, dialect, body, asked) => {
      const reply = json(400, { error: 'The use of the web search tool is not supported.' })
      const { sink } = await search(dialect, body, { model: null, asked, reply })
      expect(sink.status).toBe(400)
      expect(JSON.stringify(sink.failure?.answer.body)).toContain(HINT)
    },
  )

  test.each<readonly [string, JsonObject]>([
    ['no search', { ...CLAUDE, tools: [], tool_choice: undefined, messages: 7 }],
    ['a search that is wrong in another way', { ...CLAUDE, messages: 7 }],
  ])('what else is wrong has no such word: %s', async (_what, body) => {
    const world = { model: null, asked: 'talks' }
    const { sink } = await search('messages', body, world)
    expect(sink.status).toBe(400)
    expect(JSON.stringify(sink.failure?.answer.body)).not.toContain(HINT)
  })

  test('a configured model that cannot search', async () => {
    const { sink, sent } = await search('messages', CLAUDE, { model: 'talks' })
    expect(sink.status).toBe(400)
    expect(sink.failure?.error.message).toContain('jetway.web_search.model names talks')
    expect(sent).toEqual([])
  })

  test('domains to leave out, which cannot be said there', async () => {
    const tools = [{ ...(CLAUDE['tools'] as JsonObject[])[0], blocked_domains: ['x.example'] }]
    const { sink, sent } = await search('messages', { ...CLAUDE, tools })
    expect(sink.failure?.error).toMatchObject({ status: 400, param: 'tools' })
    expect(sent).toEqual([])
  })

  test('with strict fidelity, since another model would answer', async () => {
    const made = await house([WHOLE], { dialects, wires, upstream: { models: MODELS } })
    made.house.settings = { ...DEFAULT_SETTINGS, webSearch: { model: 'searches' } }
    const body = { model: 'claude', ...CLAUDE }
    const { sink } = await ask(made.engine, body, {
      dialect: 'messages',
      options: { strict: true },
    })
    expect(sink.failure?.error).toMatchObject({ status: 400, code: 'would_degrade' })
  })
})
