import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Content, Conversation } from '../../core/conversation.ts'
import type { EncodeContext, RequestPath } from '../../core/dialect.ts'
import { BadGatewayError, BadRequestError, RateLimitError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
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
    .map((event) => event.trimStart())
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
