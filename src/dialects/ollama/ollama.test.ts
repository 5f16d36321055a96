import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Content } from '../../core/conversation.ts'
import type { EncodeContext } from '../../core/dialect.ts'
import { BadGatewayError, BadRequestError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { arbitraryAnswer } from '../__fixtures__/arbitrary-parts.ts'
import { ollamaChat, ollamaEmbed, ollamaEmbeddings, ollamaGenerate } from './index.ts'

const path = { params: {}, query: new Map<string, string>() }
const user = { role: 'user', content: 'Hi' }
const png = 'iVBORw0KGgoAAAAN'

function contextOf(request: JsonObject, elapsedMs?: () => number): EncodeContext {
  return { requestId: 'r', model: 'asked-for', request, nowMs: 5_000, elapsedMs }
}

describe('a chat request in the hub’s words', () => {
  test('tools, thoughts, images, options', () => {
    const conversation = ollamaChat.decodeRequest(
      {
        model: 'gpt-4o:latest',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Look', images: [png, '/9j/4AAQ'] },
          {
            role: 'assistant',
            content: '',
            thinking: 'hm',
            tool_calls: [
              { function: { name: 'f', arguments: { x: 1 } } },
              { id: 'own', function: { name: 'f', arguments: {} } },
            ],
          },
          { role: 'tool', content: 'one', tool_name: 'f' },
          { role: 'tool', content: 'two', tool_call_id: 'own' },
        ],
        tools: [
          {
            type: 'function',
            function: { name: 'f', description: 'F', parameters: { type: 'object' } },
          },
        ],
        options: {
          temperature: 0,
          top_p: 1,
          top_k: 40,
          num_predict: 9,
          stop: 'x',
          seed: 3,
          num_ctx: 4096,
        },
        format: { type: 'object' },
        think: 'high',
        keep_alive: '5m',
      },
      path,
    )
    expect(conversation).toMatchObject({
      model: 'gpt-4o',
      stream: true,
      turns: [
        { role: 'system', content: [{ text: 'Be brief.' }] },
        {
          role: 'user',
          content: [
            { text: 'Look' },
            { type: 'image', source: { mediaType: 'image/png', data: png } },
            { type: 'image', source: { mediaType: 'image/jpeg' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'hm' },
            { type: 'tool-call', id: 'call_0_f', input: { kind: 'json', text: '{"x":1}' } },
            { type: 'tool-call', id: 'own' },
          ],
        },
        {
          role: 'tool',
          content: [
            { id: 'call_0_f', name: 'f' },
            { id: 'own', name: 'f' },
          ],
        },
      ],
      tools: [{ kind: 'function', name: 'f' }],
      temperature: 0,
      topP: 1,
      topK: 40,
      maxOutputTokens: 9,
      stop: ['x'],
      seed: 3,
      responseFormat: { kind: 'json-schema', schema: { type: 'object' } },
      reasoning: { effort: 'high', summary: 'auto' },
      extras: [{ name: 'num_ctx', value: 4096 }],
    })
  })

  test.each<[string, JsonObject, object]>([
    ['JSON', { format: 'json' }, { responseFormat: { kind: 'json-object' } }],
    ['no format', { format: '' }, { responseFormat: undefined }],
    ['thinking', { think: true }, { reasoning: { adaptive: true, summary: 'auto' } }],
    ['no thinking', { think: false }, { reasoning: { disabled: true } }],
    ['as much as fits', { options: { num_predict: -1 } }, { maxOutputTokens: undefined }],
    ['no stream', { stream: false }, { stream: false }],
  ])('%s', (_, more, expected) => {
    expect(ollamaChat.decodeRequest({ messages: [user], ...more }, path)).toMatchObject(expected)
  })
})

test('a prompt is the user’s turn', () => {
  expect(
    ollamaGenerate.decodeRequest(
      { model: 'm', prompt: 'Hi', system: 'S', images: [png], context: [1] },
      path,
    ),
  ).toMatchObject({
    turns: [{ role: 'system' }, { role: 'user', content: [{ text: 'Hi' }, { type: 'image' }] }],
    extras: [{ name: 'context' }],
  })
})

describe('a request that asks nothing', () => {
  const answered = (body: JsonObject, dialect = ollamaGenerate) =>
    dialect.answerUnasked?.({ model: 'm', ...body }, contextOf(body))

  test.each<[JsonObject, string]>([
    [{}, 'load'],
    [{ prompt: '', system: 'S', images: [], keep_alive: '5m' }, 'load'],
    [{ keep_alive: -1 }, 'load'],
    [{ keep_alive: '10m' }, 'load'],
    [{ keep_alive: '' }, 'load'],
    [{ keep_alive: 0 }, 'unload'],
    [{ keep_alive: '0' }, 'unload'],
    [{ keep_alive: '0m0s' }, 'unload'],
  ])('%j: %s', (body, done_reason) => {
    const common = { model: 'asked-for', created_at: '1970-01-01T00:00:05.000Z' }
    const done = { done: true, done_reason }
    expect(answered(body)).toEqual({ ...common, response: '', ...done })
    const message = { role: 'assistant', content: '' }
    expect(answered({ ...body, messages: [] }, ollamaChat)).toEqual({ ...common, message, ...done })
  })

  test.each([
    ['generate', ollamaGenerate, { prompt: 'Hi' }],
    ['generate', ollamaGenerate, { images: [png] }],
    ['generate', ollamaGenerate, { suffix: 'end' }],
    ['generate', ollamaGenerate, { model: '' }],
    ['chat', ollamaChat, { messages: [user] }],
    ['chat', ollamaChat, { model: '', messages: [] }],
  ])('%s asks something, or names no model: %#', (_, dialect, body) => {
    expect(answered(body, dialect)).toBeUndefined()
  })
})

describe('bad input is named', () => {
  test.each<[string, JsonObject]>([
    ['messages', {}],
    ['messages', { messages: [] }],
    ['messages[0].role', { messages: [{ content: 'x' }] }],
    ['messages[0].role', { messages: [{ role: 'robot' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: [] }] }],
    ['messages[0].images[0]', { messages: [{ role: 'user', images: [1] }] }],
    [
      'messages[0].tool_calls[0].function.name',
      { messages: [{ role: 'assistant', tool_calls: [{ function: {} }] }] },
    ],
    ['tools[0].function', { messages: [user], tools: [{}] }],
    ['format', { messages: [user], format: 'xml' }],
    ['options.temperature', { messages: [user], options: { temperature: 'hot' } }],
    ['think', { messages: [user], think: 1 }],
  ])('%s', (param, body) => {
    expect(() => ollamaChat.decodeRequest(body, path)).toThrow(
      expect.objectContaining({ param, status: 400 }) as Error,
    )
  })
  test.each<[string, JsonObject]>([
    ['prompt', {}],
    ['suffix', { prompt: 'a', suffix: 'b' }],
  ])('generate: %s', (param, body) => {
    expect(() => ollamaGenerate.decodeRequest(body, path)).toThrow(
      expect.objectContaining({ param }) as Error,
    )
  })

  test('any JSON is a conversation or an error that names a field', () => {
    const value = fc.jsonValue({ maxDepth: 1 })
    const message = fc.dictionary(
      fc.constantFrom('role', 'content', 'images', 'tool_calls', 'thinking', 'tool_name'),
      fc.oneof(value, fc.constantFrom('user', 'assistant', 'tool')),
    )
    const name = fc.constantFrom(
      'messages',
      'prompt',
      'model',
      'options',
      'tools',
      'format',
      'think',
      'stream',
      'images',
    )
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.oneof(value, fc.array(message, { maxLength: 3 }))),
        (body) => {
          for (const dialect of [ollamaChat, ollamaGenerate]) {
            try {
              dialect.readFacts(body, path)
              dialect.decodeRequest(body, path)
            } catch (error) {
              expect(error).toBeInstanceOf(BadRequestError)
              expect((error as BadRequestError).param).toBeTypeOf('string')
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('facts', () => {
  const last = { role: 'tool', content: 'x' }
  expect(
    ollamaChat.readFacts({ model: 'm:latest', messages: [{ ...user, images: [png] }, last] }, path),
  ).toMatchObject({
    model: 'm',
    stream: true,
    lastTurn: 'agent',
    hasImages: true,
  })
  expect(
    ollamaChat.readFacts({ messages: [user], stream: false, options: { num_predict: 5 } }, path),
  ).toMatchObject({
    stream: false,
    lastTurn: 'user',
    hasImages: false,
    maxOutputTokens: 5,
  })
})

const usage = {
  inputTokens: 3,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 2,
  reasoningTokens: 0,
}
const beginning = { model: 'asked-for', created_at: '1970-01-01T00:00:05.000Z' }

describe('whole answers', () => {
  const answer = {
    id: 'x',
    model: 'm',
    created: 1,
    content: [
      { type: 'reasoning', text: 'hm', summary: false },
      { type: 'text', text: 'Hi' },
      { type: 'tool-call', id: 'c', name: 'f', input: { kind: 'json', text: '{"x":1}' } },
    ],
    finish: 'tool',
    usage,
  } as const
  const ended = {
    done: true,
    done_reason: 'stop',
    total_duration: 7_500_000,
    load_duration: 0,
    prompt_eval_duration: 0,
    eval_duration: 7_500_000,
    prompt_eval_count: 3,
    eval_count: 2,
  }
  const calls = [{ id: 'c', function: { index: 0, name: 'f', arguments: { x: 1 } } }]

  test('of chat', () => {
    expect(
      ollamaChat.encodeAnswer(
        answer,
        contextOf({}, () => 7.5),
      ),
    ).toEqual({
      ...beginning,
      message: { role: 'assistant', content: 'Hi', thinking: 'hm', tool_calls: calls },
      ...ended,
    })
  })
  test('of generate, without the thinking that nobody wants to see', () => {
    expect(
      ollamaGenerate.encodeAnswer(
        answer,
        contextOf({ think: false }, () => 7.5),
      ),
    ).toEqual({
      ...beginning,
      response: 'Hi',
      tool_calls: calls,
      ...ended,
    })
  })
  test('without a clock no durations are told', () => {
    expect(ollamaChat.encodeAnswer(answer, contextOf({}))).not.toHaveProperty('total_duration')
  })
})

const lines = (text: string): JsonObject[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JsonObject)

describe('streams', () => {
  const parts: readonly Part[] = [
    { type: 'answer-start', id: 'a', model: 'm', created: 1 },
    { type: 'reasoning-start', index: 0, summary: false },
    { type: 'reasoning-delta', index: 0, text: 'hm' },
    { type: 'reasoning-end', index: 0 },
    { type: 'text-start', index: 1 },
    { type: 'text-delta', index: 1, text: 'Hi' },
    { type: 'text-end', index: 1 },
    { type: 'tool-start', index: 2, id: 'c', name: 'f', kind: 'json' },
    { type: 'tool-delta', index: 2, text: '{"x"' },
    { type: 'tool-delta', index: 2, text: ':1}' },
    { type: 'tool-end', index: 2 },
    { type: 'usage', usage },
    { type: 'turn-end', reason: 'length' },
  ]
  const message = (more: JsonObject): JsonObject => ({
    ...beginning,
    message: { role: 'assistant', content: '', ...more },
    done: false,
  })

  test('of chat', () => {
    const encoder = ollamaChat.createStreamEncoder(contextOf({}))
    expect(lines(parts.map((part) => encoder.push(part)).join(''))).toEqual([
      message({ thinking: 'hm' }),
      message({ content: 'Hi' }),
      message({
        tool_calls: [{ id: 'c', function: { index: 0, name: 'f', arguments: { x: 1 } } }],
      }),
      { ...message({}), done: true, done_reason: 'length', prompt_eval_count: 3, eval_count: 2 },
    ])
  })

  test('of generate', () => {
    const encoder = ollamaGenerate.createStreamEncoder(contextOf({}))
    const [, said, , last] = lines(parts.map((part) => encoder.push(part)).join(''))
    expect(said).toEqual({ ...beginning, response: 'Hi', done: false })
    expect(last).toMatchObject({ response: '', done: true })
  })

  test('that fail end with the error', () => {
    const encoder = ollamaChat.createStreamEncoder(contextOf({}))
    const failed: Part = { type: 'error', error: new BadGatewayError('cut') }
    expect(
      lines([...parts.slice(0, 3), failed, failed].map((part) => encoder.push(part)).join('')).at(
        -1,
      ),
    ).toEqual({ error: 'cut' })
  })

  test('every line is an answer of its own, the keep-alive too', () => {
    expect(lines(ollamaChat.keepAlive ?? '')).toMatchObject([
      { message: { content: '' }, done: false },
    ])
    expect(lines(ollamaGenerate.keepAlive ?? '')).toMatchObject([{ response: '', done: false }])
    fc.assert(
      fc.property(arbitraryAnswer, (answer) => {
        const encoder = ollamaChat.createStreamEncoder(contextOf({}))
        const sent = lines(answer.map((part) => encoder.push(part)).join(''))
        const messages = sent.map((line) => line['message'] as JsonObject)
        const { turns } = ollamaChat.decodeRequest({ messages: [user, ...messages] }, path)
        const content = turns.slice(1).flatMap((turn): readonly Content[] => turn.content)
        expect(content.map((entry) => (entry.type === 'text' ? entry.text : '')).join('')).toBe(
          answer.map((part) => (part.type === 'text-delta' ? part.text : '')).join(''),
        )
        expect(
          content.flatMap((entry) => (entry.type === 'tool-call' ? [[entry.id, entry.name]] : [])),
        ).toEqual(
          answer.flatMap((part) => (part.type === 'tool-start' ? [[part.id, part.name]] : [])),
        )
        expect(sent.filter((line) => line['done'] === true)).toHaveLength(1)
      }),
    )
  })
})

test('errors', () => {
  expect(ollamaChat.encodeError(new BadRequestError('No.'), 'r')).toEqual({
    status: 400,
    body: { error: 'No.' },
  })
})

describe('embeddings', () => {
  const answer = { model: 'm', vectors: [[1, 2], [3]], usage }
  test('of today', () => {
    expect(
      ollamaEmbed.decodeRequest({ model: 'e:latest', input: ['a', 'b'], dimensions: 4 }, path),
    ).toEqual({
      model: 'e',
      inputs: ['a', 'b'],
      dimensions: 4,
      encoding: 'float',
    })
    expect(
      ollamaEmbed.encodeAnswer(
        answer,
        contextOf({}, () => 2),
      ),
    ).toEqual({
      model: 'asked-for',
      embeddings: [[1, 2], [3]],
      total_duration: 2_000_000,
      load_duration: 0,
      prompt_eval_count: 3,
    })
  })
  test('of old', () => {
    expect(ollamaEmbeddings.decodeRequest({ model: 'e', prompt: 'a' }, path).inputs).toEqual(['a'])
    expect(ollamaEmbeddings.encodeAnswer(answer, contextOf({}))).toEqual({ embedding: [1, 2] })
    expect(() => ollamaEmbeddings.decodeRequest({ model: 'e' }, path)).toThrow(BadRequestError)
  })
})
