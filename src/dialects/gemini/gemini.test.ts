import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Content, Conversation } from '../../core/conversation.ts'
import type { EncodeContext, RequestPath } from '../../core/dialect.ts'
import { BadGatewayError, BadRequestError, RateLimitError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { arbitraryAnswer } from '../__fixtures__/arbitrary-parts.ts'
import {
  batchEmbedContents,
  countTokens,
  embedContent,
  generateContent,
  streamGenerateContent,
  streamGenerateContentArray,
} from './index.ts'
import { jsonSchemaFromGemini } from './json-schema.ts'

const path: RequestPath = { params: { model: 'models/gemini-2.5-pro' }, query: new Map() }
const user = { role: 'user', parts: [{ text: 'Hi' }] }
const decode = (body: JsonObject): Conversation =>
  generateContent.decodeRequest({ contents: [user], ...body }, path)
const thinking = { generationConfig: { thinkingConfig: { includeThoughts: true } } }

function contextOf(request: JsonObject): EncodeContext {
  return {
    requestId: 'r',
    model: 'asked-for',
    request,
    conversation: decode(request),
    nowMs: 5_000,
  }
}

describe('a request in the hub’s words', () => {
  test('as Gemini CLI sends it', () => {
    const conversation = streamGenerateContent.decodeRequest(
      {
        systemInstruction: { role: 'user', parts: [{ text: 'Be brief.' }] },
        contents: [
          {
            role: 'user',
            parts: [{ text: 'Look' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
          },
          {
            role: 'model',
            parts: [
              { text: 'Sure.' },
              {
                functionCall: { id: 'a1', name: 'read', args: { path: 'x' } },
                thoughtSignature: 'R0VNSU5J',
              },
            ],
          },
          {
            role: 'user',
            parts: [{ functionResponse: { id: 'a1', name: 'read', response: { output: 'text' } } }],
          },
        ],
        tools: [
          {
            functionDeclarations: [
              {
                name: 'read',
                description: 'Reads',
                parametersJsonSchema: { type: 'object', properties: { path: { type: 'string' } } },
              },
            ],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
        generationConfig: {
          temperature: 0,
          topP: 1,
          topK: 64,
          maxOutputTokens: 9,
          thinkingConfig: { includeThoughts: true, thinkingBudget: 8192 },
        },
      },
      path,
    )
    expect(conversation).toMatchObject({
      model: 'gemini-2.5-pro',
      stream: true,
      turns: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', source: { mediaType: 'image/png', data: 'AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Sure.' },
            {
              type: 'tool-call',
              id: 'a1',
              name: 'read',
              input: { kind: 'json', text: '{"path":"x"}' },
              sealed: { origin: 'gemini', data: 'R0VNSU5J' },
            },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              id: 'a1',
              name: 'read',
              content: [{ type: 'text', text: 'text' }],
              isError: false,
            },
          ],
        },
      ],
      tools: [
        {
          kind: 'function',
          name: 'read',
          parameters: { type: 'object', properties: { path: { type: 'string' } } },
        },
      ],
      toolChoice: { kind: 'auto' },
      temperature: 0,
      topP: 1,
      topK: 64,
      maxOutputTokens: 9,
      reasoning: { budgetTokens: 8192, summary: 'auto' },
      extras: [],
    })
  })

  test('calls without ids are matched to their results by name and order', () => {
    const call = (x: number) => ({ functionCall: { name: 'f', args: { x } } })
    const result = (y: number) => ({ functionResponse: { name: 'f', response: { y, z: 1 } } })
    const { turns } = decode({
      contents: [
        user,
        { role: 'model', parts: [call(1), call(2)] },
        { role: 'user', parts: [result(1), result(2), { text: 'go on' }] },
      ],
    })
    const ids = turns[1]?.content.map((entry) => (entry.type === 'tool-call' ? entry.id : ''))
    expect(new Set(ids).size).toBe(2)
    expect(
      turns[2]?.content.map((entry) => (entry.type === 'tool-result' ? entry.id : '')),
    ).toEqual(ids)
    expect(turns[2]?.content[0]).toMatchObject({ content: [{ text: '{"y":1,"z":1}' }] })
    expect(turns[3]).toMatchObject({ role: 'user', content: [{ text: 'go on' }] })
  })

  test.each<[string, JsonObject, object]>([
    [
      'snake case',
      {
        system_instruction: 'S',
        generation_config: { max_output_tokens: 5, stop_sequences: ['x'] },
      },
      { maxOutputTokens: 5, stop: ['x'], turns: [{ role: 'system' }, { role: 'user' }] },
    ],
    [
      'no thinking',
      { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
      { reasoning: { disabled: true } },
    ],
    [
      'thinking as the model likes',
      { generationConfig: { thinkingConfig: { thinkingBudget: -1 } } },
      { reasoning: {} },
    ],
    [
      'a thinking level',
      { generationConfig: { thinkingConfig: { thinkingLevel: 'HIGH' } } },
      { reasoning: { effort: 'high' } },
    ],
    [
      'JSON',
      { generationConfig: { responseMimeType: 'application/json' } },
      { responseFormat: { kind: 'json-object' } },
    ],
    [
      'JSON by a schema in capitals',
      {
        generationConfig: {
          responseMimeType: 'application/json',
          responseSchema: {
            type: 'OBJECT',
            properties: { type: { type: 'INTEGER', nullable: true } },
          },
        },
      },
      {
        responseFormat: {
          kind: 'json-schema',
          schema: { type: 'object', properties: { type: { type: ['integer', 'null'] } } },
        },
      },
    ],
    [
      'one function',
      { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } } },
      { toolChoice: { kind: 'tool', name: 'f' } },
    ],
    [
      'some functions',
      { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f', 'g'] } } },
      { toolChoice: { kind: 'allowed', mode: 'required', names: ['f', 'g'] } },
    ],
    [
      'any function',
      { tool_config: { function_calling_config: { mode: 'any' } } },
      { toolChoice: { kind: 'required' } },
    ],
    [
      'no function',
      { toolConfig: { functionCallingConfig: { mode: 'NONE' } } },
      { toolChoice: { kind: 'none' } },
    ],
    [
      'safety settings are named',
      { safetySettings: [{ category: 'X', threshold: 'Y' }] },
      { extras: [{ name: 'safetySettings' }] },
    ],
    [
      'search beside functions is named',
      { tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: 'f' }] }] },
      { tools: [{ name: 'f' }], extras: [{ name: 'googleSearch', value: true }] },
    ],
    [
      'a failed call',
      { contents: [{ parts: [{ functionResponse: { name: 'f', response: { error: 'no' } } }] }] },
      { turns: [{ role: 'tool', content: [{ isError: true, content: [{ text: 'no' }] }] }] },
    ],
    ['one content alone', { contents: { parts: [{ text: 'x' }] } }, { turns: [{ role: 'user' }] }],
  ])('%s', (_, body, expected) => {
    expect(decode(body)).toMatchObject(expected)
  })
})

test('a schema that is JSON Schema already stays as it is', () => {
  const schema = {
    type: 'object',
    properties: {
      items: {
        type: 'array',
        items: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        minItems: 1,
      },
    },
    required: ['items'],
    additionalProperties: false,
  }
  expect(jsonSchemaFromGemini(schema)).toEqual(schema)
  expect(
    jsonSchemaFromGemini({
      type: 'ARRAY',
      minItems: '2',
      items: { type: 'STRING', enum: ['a'], nullable: true },
    }),
  ).toEqual({
    type: 'array',
    minItems: 2,
    items: { type: ['string', 'null'], enum: ['a', null] },
  })
})

describe('bad input is named', () => {
  test.each<[string, JsonObject]>([
    ['contents', { contents: [] }],
    ['contents[0]', { contents: [5] }],
    ['contents[0].role', { contents: [{ role: 'robot', parts: [] }] }],
    ['contents[0].parts', { contents: [{ parts: 'x' }] }],
    ['contents[0].parts[0]', { contents: [{ parts: [{}] }] }],
    ['contents[0].parts[0].text', { contents: [{ parts: [{ text: 5 }] }] }],
    [
      'contents[0].parts[0].inlineData.data',
      { contents: [{ parts: [{ inlineData: { mimeType: 'image/png' } }] }] },
    ],
    [
      'contents[0].parts[0].functionCall.name',
      { contents: [{ role: 'model', parts: [{ functionCall: {} }] }] },
    ],
    ['tools[0].functionDeclarations[0].name', { tools: [{ functionDeclarations: [{}] }] }],
    ['tools', { tools: [{ googleSearch: {} }] }],
    ['cachedContent', { cachedContent: 'cachedContents/1' }],
    ['generationConfig', { generationConfig: 5 }],
    ['generationConfig.candidateCount', { generationConfig: { candidateCount: 2 } }],
    ['generationConfig.temperature', { generationConfig: { temperature: 'hot' } }],
  ])('%s', (param, body) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ param, status: 400 }) as Error)
  })

  test('any JSON is a conversation or an error that names a field', () => {
    const value = fc.jsonValue({ maxDepth: 1 })
    const part = fc.dictionary(
      fc.constantFrom(
        'text',
        'thought',
        'thoughtSignature',
        'inlineData',
        'functionCall',
        'functionResponse',
      ),
      value,
      { maxKeys: 2 },
    )
    const content = fc.record({
      role: fc.constantFrom('user', 'model'),
      parts: fc.array(part, { maxLength: 3 }),
    })
    const name = fc.constantFrom(
      'contents',
      'tools',
      'toolConfig',
      'generationConfig',
      'systemInstruction',
    )
    const field = fc.oneof(value, fc.array(content, { maxLength: 3 }))
    fc.assert(
      fc.property(fc.dictionary(name, field), (body) => {
        for (const dialect of [generateContent, countTokens]) {
          try {
            dialect.readFacts(body, path)
            dialect.decodeRequest(body, path)
          } catch (error) {
            expect(error).toBeInstanceOf(BadRequestError)
            expect((error as BadRequestError).param).toBeTypeOf('string')
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('facts', () => {
  const response = { functionResponse: { name: 'f', response: {} } }
  test.each<[string, JsonValue, 'user' | 'agent', boolean]>([
    ['a person', [user], 'user', false],
    ['a function', [user, { role: 'user', parts: [response] }], 'agent', false],
    [
      'a person beside a result',
      [{ role: 'user', parts: [response, { text: 'x' }] }],
      'user',
      false,
    ],
    ['a model', [{ role: 'model', parts: [{ text: 'x' }] }], 'agent', false],
    [
      'a person with a picture',
      [{ parts: [{ inline_data: { mime_type: 'image/png', data: 'A' } }] }],
      'user',
      true,
    ],
  ])('%s', (_, contents, lastTurn, hasImages) => {
    expect(
      streamGenerateContent.readFacts({ contents, generationConfig: { maxOutputTokens: 7 } }, path),
    ).toMatchObject({
      model: 'gemini-2.5-pro',
      stream: true,
      lastTurn,
      hasImages,
      maxOutputTokens: 7,
    })
  })
})

const usage = {
  inputTokens: 9,
  cachedInputTokens: 4,
  cacheWriteTokens: 0,
  outputTokens: 7,
  reasoningTokens: 2,
}

test('a whole answer', () => {
  const body = generateContent.encodeAnswer(
    {
      id: 'x',
      model: 'm',
      created: 1,
      content: [
        { type: 'reasoning', text: 'hm', summary: false },
        { type: 'text', text: 'Hi' },
        {
          type: 'tool-call',
          id: 'c',
          name: 'f',
          namespace: 'ns',
          input: { kind: 'json', text: '{"x":1}' },
        },
        { type: 'tool-call', id: 'd', name: 'g', input: { kind: 'json', text: 'broken' } },
      ],
      finish: 'tool',
      usage,
    },
    contextOf(thinking),
  )
  expect(body).toEqual({
    candidates: [
      {
        index: 0,
        finishReason: 'STOP',
        content: {
          role: 'model',
          parts: [
            { text: 'hm', thought: true },
            { text: 'Hi' },
            { functionCall: { id: 'c', name: 'ns__f', args: { x: 1 } } },
            { functionCall: { id: 'd', name: 'g', args: { input: 'broken' } } },
          ],
        },
      },
    ],
    usageMetadata: {
      promptTokenCount: 9,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 2,
      cachedContentTokenCount: 4,
      totalTokenCount: 16,
    },
    modelVersion: 'asked-for',
    responseId: 'r',
  })
})

function frames(text: string): JsonObject[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => JSON.parse(event.slice(6)) as JsonObject)
}

function partsOf(frame: JsonObject): JsonObject[] {
  const [candidate] = frame['candidates'] as { content: { parts: JsonObject[] } }[]
  return candidate?.content.parts ?? []
}

describe('a stream', () => {
  const parts: readonly Part[] = [
    { type: 'answer-start', id: 'a', model: 'm', created: 1 },
    { type: 'text-start', index: 0 },
    { type: 'text-delta', index: 0, text: 'Hi' },
    { type: 'ping' },
    { type: 'text-end', index: 0 },
    { type: 'tool-start', index: 1, id: 'c', name: 'f', kind: 'json' },
    { type: 'tool-delta', index: 1, text: '{"x"' },
    { type: 'tool-delta', index: 1, text: ':1}' },
    { type: 'tool-end', index: 1 },
    { type: 'usage', usage },
    { type: 'turn-end', reason: 'tool' },
  ]

  test('every frame as it comes, calls whole, the finish reason in the last', () => {
    const encoder = streamGenerateContent.createStreamEncoder(contextOf({}))
    const sent = frames(parts.map((part) => encoder.push(part)).join(''))
    expect(sent.map((frame) => partsOf(frame))).toEqual([
      [{ text: 'Hi' }],
      [{ functionCall: { id: 'c', name: 'f', args: { x: 1 } } }],
      [{ text: '' }],
    ])
    expect(sent.map((frame) => (frame['candidates'] as JsonObject[])[0]?.['finishReason'])).toEqual(
      [undefined, undefined, 'STOP'],
    )
    expect(sent.at(-1)).toMatchObject({ usageMetadata: { totalTokenCount: 16 } })
  })

  test('as one array', () => {
    const encoder = streamGenerateContentArray.createStreamEncoder(contextOf({}))
    const sent = JSON.parse(parts.map((part) => encoder.push(part)).join('')) as JsonObject[]
    expect(sent).toHaveLength(3)
  })

  test.each([
    ['events', streamGenerateContent, (text: string) => frames(text)],
    ['an array', streamGenerateContentArray, (text: string) => JSON.parse(text) as JsonObject[]],
  ])('that fails ends with an error frame: %s', (_, dialect, read) => {
    const encoder = dialect.createStreamEncoder(contextOf({}))
    const failed: Part = { type: 'error', error: new BadGatewayError('cut') }
    const sent = read(
      [...parts.slice(0, 3), failed, failed].map((part) => encoder.push(part)).join(''),
    )
    expect(sent).toHaveLength(2)
    expect(sent.at(-1)).toEqual({ error: { code: 502, message: 'cut', status: 'UNAVAILABLE' } })
  })

  test('what the client gives back is what the upstream said, seals byte for byte', () => {
    fc.assert(
      fc.property(arbitraryAnswer, (answer) => {
        const encoder = streamGenerateContent.createStreamEncoder(contextOf({}))
        const sent = frames(answer.map((part) => encoder.push(part)).join('')).flatMap((frame) =>
          partsOf(frame),
        )
        const { turns } = decode({ contents: [user, { role: 'model', parts: sent }] })
        expect(summaryOfContent(turns[1]?.content ?? [])).toEqual(summaryOfParts(answer))
      }),
      { numRuns: 300 },
    )
  })
})

function summaryOfContent(content: readonly Content[]): unknown {
  const calls = content.filter((entry) => entry.type === 'tool-call')
  return {
    text: content.map((entry) => (entry.type === 'text' ? entry.text : '')).join(''),
    seals: content.flatMap((entry) =>
      'sealed' in entry && entry.sealed ? [withoutText(entry.sealed)] : [],
    ),
    calls: calls.map((call) => [call.id, call.name, call.input.text]),
  }
}

function summaryOfParts(parts: readonly Part[]): unknown {
  const inputs = new Map<number, string>()
  for (const part of parts)
    if (part.type === 'tool-delta')
      inputs.set(part.index, (inputs.get(part.index) ?? '') + part.text)
  return {
    text: parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join(''),
    seals: parts.flatMap((part) =>
      part.type === 'reasoning-end' && part.sealed ? [withoutText(part.sealed)] : [],
    ),
    calls: parts.flatMap((part) =>
      part.type === 'tool-start' ? [[part.id, part.name, inputs.get(part.index)]] : [],
    ),
  }
}

/** A signature of Gemini's own has one kind only. */
function withoutText({
  origin,
  kind,
  data,
}: {
  origin: string
  kind: string
  data: string
}): unknown {
  return origin === 'gemini' ? [origin, data] : [origin, kind, data]
}

test('a sealed thought comes back with its very text, though thoughts were not shown', () => {
  const sealed = { origin: 'messages', kind: 'signature', data: 'S' } as const
  const encoder = streamGenerateContent.createStreamEncoder(contextOf({}))
  const sent = frames(
    [
      { type: 'reasoning-start', index: 0, summary: false } as const,
      { type: 'reasoning-delta', index: 0, text: 'I see' } as const,
      { type: 'reasoning-end', index: 0, sealed } as const,
      { type: 'turn-end', reason: 'stop' } as const,
    ]
      .map((part) => encoder.push(part))
      .join(''),
  ).flatMap((frame) => partsOf(frame))
  expect(sent).toHaveLength(1)
  expect(sent[0]?.['thoughtSignature']).toMatch(/^[A-Za-z0-9+/]+=*$/)
  const { turns } = decode({ contents: [user, { role: 'model', parts: sent }] })
  expect(turns[1]?.content).toEqual([{ type: 'reasoning', text: 'I see', summary: false, sealed }])
})

test('an error tells when to come back, and which field is wrong', () => {
  const error = new RateLimitError('Slow down.', { retry_after: 12, code: 'rate_limited' })
  expect(generateContent.encodeError(error, 'r')).toEqual({
    status: 429,
    body: {
      error: {
        code: 429,
        message: 'Slow down.',
        status: 'RESOURCE_EXHAUSTED',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'rate_limited',
            domain: 'jetway',
          },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '12s' },
        ],
      },
    },
  })
  expect(
    generateContent.encodeError(new BadRequestError('No.', { param: 'contents' }), 'r').body,
  ).toMatchObject({
    error: { status: 'INVALID_ARGUMENT', details: [{ fieldViolations: [{ field: 'contents' }] }] },
  })
})

test('counting takes contents or a whole request', () => {
  expect(
    countTokens.decodeRequest(
      { generateContentRequest: { model: 'models/x', contents: [user] } },
      path,
    ).turns,
  ).toHaveLength(1)
  expect(countTokens.decodeRequest({ contents: [user] }, path).model).toBe('gemini-2.5-pro')
  expect(countTokens.encodeAnswer(5, contextOf({}))).toEqual({ totalTokens: 5 })
})

describe('embeddings', () => {
  const content = { parts: [{ text: 'a' }, { text: 'b' }] }
  test('one', () => {
    expect(
      embedContent.decodeRequest({ content, outputDimensionality: 8, taskType: 'X' }, path),
    ).toEqual({
      model: 'gemini-2.5-pro',
      inputs: ['a\nb'],
      dimensions: 8,
      encoding: 'float',
    })
    expect(embedContent.encodeAnswer({ model: 'm', vectors: [[1, 2]] }, contextOf({}))).toEqual({
      embedding: { values: [1, 2] },
    })
  })
  test('a batch', () => {
    const requests = [
      { model: 'models/x', content },
      { model: 'models/x', content: { parts: [{ text: 'c' }] } },
    ]
    expect(batchEmbedContents.decodeRequest({ requests }, path).inputs).toEqual(['a\nb', 'c'])
    expect(
      batchEmbedContents.encodeAnswer({ model: 'm', vectors: [[1], [2]] }, contextOf({})),
    ).toEqual({
      embeddings: [{ values: [1] }, { values: [2] }],
    })
  })
  test.each<[string, JsonObject]>([
    ['requests', {}],
    ['requests', { requests: [] }],
    ['requests[0].content', { requests: [{}] }],
    ['requests[0].content.parts', { requests: [{ content: { parts: [{ inlineData: {} }] } }] }],
    [
      'requests[1].outputDimensionality',
      { requests: [{ content }, { content, outputDimensionality: 5 }] },
    ],
  ])('wrong: %s', (param, body) => {
    expect(() => batchEmbedContents.decodeRequest(body, path)).toThrow(
      expect.objectContaining({ param }) as Error,
    )
  })
})
