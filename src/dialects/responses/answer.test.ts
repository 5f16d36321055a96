import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BadRequestError,
  BudgetExceededError,
  JetwayError,
  RateLimitError,
} from '../../core/errors.ts'
import { asString, type JsonObject } from '../../core/json.ts'
import {
  createFrameReader,
  decodeClientFrame,
  encodeClientFrame,
  errorFrame,
  eventFromFrame,
  responses,
  responsesWire,
  withoutItemIds,
} from './index.ts'

const context = { requestId: 'req-1', model: 'gpt-5.4', request: {}, nowMs: 1_790_000_000_000 }
const options = { requestId: 'req-1', includeUsage: true, nowMs: 1_790_000_000_000 }
const blob = 'q83vEjRWeJq8'.repeat(30)

const output = [
  {
    id: `${blob}1`,
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: 'A' }],
    encrypted_content: 'gAAA+/=',
  },
  {
    id: `${blob}2`,
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'Reading.', annotations: [], logprobs: [] }],
  },
  {
    id: `${blob}3`,
    type: 'function_call',
    status: 'completed',
    call_id: 'call_1',
    name: 'f',
    arguments: '{"p":1}',
  },
  {
    id: `${blob}4`,
    type: 'custom_tool_call',
    status: 'completed',
    call_id: 'call_2',
    name: 'g',
    input: '*** x',
  },
  { id: `${blob}5`, type: 'web_search_call', status: 'completed' },
]
const body: JsonObject = {
  id: blob,
  object: 'response',
  created_at: 1_790_000_001,
  status: 'completed',
  model: 'gpt-5.4-2026-03-05',
  output,
  output_text: null,
  error: null,
  usage: {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 17,
  },
  copilot_usage: { total_nano_aiu: 42 },
}

describe('whole answers', () => {
  test('decoded and encoded again they say the same', () => {
    const answer = responsesWire.decodeAnswer(body)
    expect(answer).toMatchObject({
      finish: 'tool',
      created: 1_790_000_001,
      usage: {
        inputTokens: 10,
        cachedInputTokens: 4,
        outputTokens: 7,
        reasoningTokens: 2,
        nanoCredits: 42,
      },
    })
    const again = responses.encodeAnswer(answer, context)
    expect(again).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'gpt-5.4',
      created_at: 1_790_000_001,
      usage: body['usage'],
      tools: [],
      tool_choice: 'auto',
      error: null,
    })
    const withoutIds = (items: unknown): unknown => withoutItemIds(items as JsonObject[])
    expect(withoutIds(again['output'])).toEqual(withoutIds(output))
    const ids = (again['output'] as JsonObject[]).map(({ id }) => asString(id)?.replace(/_.*/, ''))
    expect(ids).toEqual(['rs', 'msg', 'fc', 'ctc', 'ws'])
  })

  test('the request is repeated as OpenAI does', () => {
    const request = {
      instructions: 'x',
      reasoning: { effort: 'low' },
      temperature: 0,
      store: false,
      metadata: { a: 'b' },
      tools: [{ type: 'function', name: 'f' }],
      text: { verbosity: 'low' },
    }
    const again = responses.encodeAnswer(responsesWire.decodeAnswer(body), { ...context, request })
    expect(again).toMatchObject({
      instructions: 'x',
      reasoning: { effort: 'low', summary: null },
      temperature: 0,
      store: false,
      metadata: { a: 'b' },
      tools: [{ type: 'function', name: 'f', description: null, parameters: null, strict: true }],
      text: { format: { type: 'text' }, verbosity: 'low' },
    })
  })

  test.each<[JsonObject, string]>([
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'length'],
    [{ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, 'filter'],
    [{ status: 'completed', output: [] }, 'stop'],
  ])('%j', (change, finish) => {
    const answer = responsesWire.decodeAnswer({ ...body, ...change })
    expect(answer.finish).toBe(finish)
    expect(responses.encodeAnswer(answer, context)).toMatchObject({
      status: change['status'],
      incomplete_details: change['incomplete_details'] ?? null,
    })
  })

  test('a failed response is an error', () => {
    const failed = {
      ...body,
      status: 'failed',
      error: { code: 'rate_limit_exceeded', message: 'Slow down.' },
    }
    expect(() => responsesWire.decodeAnswer(failed)).toThrow(RateLimitError)
    expect(() => responsesWire.repairAnswer(Buffer.from(JSON.stringify(failed)), options)).toThrow(
      RateLimitError,
    )
  })

  test('relayed they get usual ids and their text; the rest stays', () => {
    const repaired = responsesWire.repairAnswer(Buffer.from(JSON.stringify(body)), {
      ...options,
      model: 'gpt-5.4',
    })
    const parsed = JSON.parse(Buffer.from(repaired.bytes).toString()) as JsonObject
    expect(parsed).toMatchObject({
      model: 'gpt-5.4',
      output_text: 'Reading.',
      copilot_usage: { total_nano_aiu: 42 },
    })
    expect(repaired.usage).toMatchObject({ nanoCredits: 42 })
    for (const { id } of [parsed, ...(parsed['output'] as JsonObject[])])
      expect(id).toMatch(/^[a-z]+_req1\w+$/)
    const usual = Buffer.from(
      JSON.stringify({
        ...body,
        id: 'resp_1',
        output: [],
        output_text: 'x',
        tools: [],
        presence_penalty: 0,
        frequency_penalty: 0,
      }),
    )
    expect(responsesWire.repairAnswer(usual, options).bytes).toBe(usual)
  })

  test('relayed they have the fields that strict clients ask for', () => {
    const tool = { type: 'function', name: 'add', parameters: {} }
    const answer = { ...body, tools: [tool, { ...tool, strict: false }, { type: 'custom' }] }
    const repaired = responsesWire.repairAnswer(Buffer.from(JSON.stringify(answer)), options)
    expect(JSON.parse(Buffer.from(repaired.bytes).toString())).toMatchObject({
      presence_penalty: 0,
      frequency_penalty: 0,
      tools: [{ ...tool, strict: true }, { ...tool, strict: false }, { type: 'custom' }],
    })
  })

  test('any bytes, any JSON: an answer or an upstream’s error', () => {
    const upstreamFault = (read: () => unknown): void => {
      try {
        JSON.stringify(read())
      } catch (error) {
        expect(error).toBeInstanceOf(JetwayError)
      }
    }
    const item = fc.record({
      type: fc.constantFrom('message', 'reasoning', 'function_call', 'x'),
      content: fc.jsonValue(),
      call_id: fc.jsonValue(),
      name: fc.jsonValue(),
      id: fc.jsonValue(),
    })
    const json = fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.record({ output: fc.array(item), usage: fc.jsonValue(), status: fc.jsonValue() }),
    )
    fc.assert(
      fc.property(json, fc.uint8Array(), (value, bytes) => {
        upstreamFault(() => responses.encodeAnswer(responsesWire.decodeAnswer(value), context))
        upstreamFault(() => responsesWire.repairAnswer(bytes, options))
        upstreamFault(() => responsesWire.repairAnswer(Buffer.from(JSON.stringify(value)), options))
      }),
    )
  })
})

test('errors are OpenAI’s; a budget that is used up is not asked again', () => {
  expect(
    responses.encodeError(new RateLimitError('Slow down.', { code: 'rate_limited' }), 'r'),
  ).toEqual({
    status: 429,
    body: {
      error: { message: 'Slow down.', type: 'rate_limit_error', param: null, code: 'rate_limited' },
    },
  })
  expect(responses.encodeError(new BudgetExceededError('No.'), 'r').headers).toEqual({
    'x-should-retry': 'false',
  })
})

describe('frames of a WebSocket', () => {
  test('a client’s frame is a streaming request', () => {
    expect(
      decodeClientFrame('{"type":"response.create","model":"m","input":"x","generate":false}'),
    ).toEqual({ body: { model: 'm', input: 'x', stream: true }, generate: false })
    expect(decodeClientFrame('{"type":"response.create","input":"x"}').generate).toBe(true)
    for (const text of ['', '[]', '{"type":"response.cancel"}'])
      expect(() => decodeClientFrame(text)).toThrow(BadRequestError)
  })

  test('a request as a frame', () => {
    expect(
      JSON.parse(
        encodeClientFrame({ model: 'm', stream: true, input: 'x' }, { initiator: 'agent' }),
      ),
    ).toEqual({ type: 'response.create', model: 'm', input: 'x', initiator: 'agent' })
  })

  test('events and frames turn into each other', () => {
    const events = [
      '{"type":"response.created","response":{"id":"é"}}',
      '{"type":"response.completed"}',
    ]
    const frames: string[] = []
    const reader = createFrameReader((frame) => frames.push(frame))
    for (const byte of Buffer.from(
      `: ping\n\n${events.map(eventFromFrame).join('')}data: [DONE]\n\n`,
    ))
      reader.push(Uint8Array.of(byte))
    reader.end()
    expect(frames).toEqual(events)
    expect(eventFromFrame('{\n"type": "x"}')).toBe('event: x\ndata: { "type": "x"}\n\n')
    expect(eventFromFrame('not json')).toBe('data: not json\n\n')
  })

  test('a refusal', () => {
    expect(
      JSON.parse(
        errorFrame(
          new BadRequestError('No such response.', { code: 'previous_response_not_found' }),
        ),
      ),
    ).toMatchObject({
      type: 'error',
      status: 400,
      error: { code: 'previous_response_not_found', message: 'No such response.' },
    })
  })
})
