import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EncodeContext } from '../../core/dialect.ts'
import { BadGatewayError, BadRequestError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { completions } from './index.ts'

const path = { params: {}, query: new Map<string, string>() }
const usage = {
  inputTokens: 3,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 2,
  reasoningTokens: 0,
}

function contextOf(request: JsonObject): EncodeContext {
  return {
    requestId: 'r',
    model: 'asked-for',
    request,
    conversation: completions.decodeRequest(request, path),
    nowMs: 5_000,
  }
}

test.each([
  ['a text', 'Say hi'],
  ['a list of one', ['Say hi']],
])('%s becomes the user’s turn', (_, prompt) => {
  const decoded = completions.decodeRequest(
    { model: 'm', prompt, max_tokens: 7, stop: 'x', logprobs: 2, logit_bias: { 5: 1 } },
    path,
  )
  expect(decoded).toMatchObject({
    model: 'm',
    turns: [{ role: 'user', content: [{ type: 'text', text: 'Say hi' }] }],
    maxOutputTokens: 7,
    stop: ['x'],
    logprobs: { top: 2 },
    extras: [{ name: 'logit_bias', value: { 5: 1 } }],
  })
})

describe('what chat models cannot do is refused by name', () => {
  test.each<[string, JsonObject]>([
    ['prompt', {}],
    ['prompt', { prompt: ['a', 'b'] }],
    ['prompt', { prompt: [1, 2] }],
    ['prompt', { prompt: [] }],
    ['suffix', { prompt: 'a', suffix: 'end' }],
    ['n', { prompt: 'a', n: 2 }],
    ['best_of', { prompt: 'a', best_of: 3 }],
    ['stop[0]', { prompt: 'a', stop: [1] }],
  ])('%s in %j', (param, body) => {
    expect(() => completions.decodeRequest(body, path)).toThrow(
      expect.objectContaining({ param, status: 400 }) as Error,
    )
  })

  test('any JSON is a request or such an error', () => {
    const names = fc.constantFrom(
      'prompt',
      'model',
      'n',
      'stop',
      'stream',
      'suffix',
      'stream_options',
      'logprobs',
    )
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), (body) => {
        try {
          completions.decodeRequest(body, path)
        } catch (error) {
          expect(error).toBeInstanceOf(BadRequestError)
          expect((error as BadRequestError).param).toBeTypeOf('string')
        }
      }),
    )
  })
})

test('a whole answer, with the prompt echoed and logprobs in columns', () => {
  const body = completions.encodeAnswer(
    {
      id: 'x',
      model: 'm',
      created: 9,
      content: [
        { type: 'reasoning', text: 'hm', summary: false },
        { type: 'text', text: 'Hi!' },
      ],
      finish: 'length',
      usage,
      logprobs: {
        content: [
          { token: 'Hi', logprob: -1, top_logprobs: [{ token: 'Ho', logprob: -2 }] },
          { token: '!', logprob: -3 },
        ],
      },
    },
    contextOf({ prompt: 'Say hi', echo: true }),
  )
  expect(body).toMatchObject({
    id: 'cmpl-r',
    object: 'text_completion',
    created: 9,
    model: 'asked-for',
    choices: [
      {
        text: 'Say hiHi!',
        index: 0,
        finish_reason: 'length',
        logprobs: {
          tokens: ['Hi', '!'],
          token_logprobs: [-1, -3],
          top_logprobs: [{ Ho: -2 }, {}],
          text_offset: [6, 8],
        },
      },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  })
})

const parts: readonly Part[] = [
  { type: 'answer-start', id: 'a', model: 'm', created: 9 },
  { type: 'reasoning-start', index: 0, summary: false },
  { type: 'reasoning-delta', index: 0, text: 'hm' },
  { type: 'reasoning-end', index: 0 },
  { type: 'text-start', index: 1 },
  { type: 'text-delta', index: 1, text: 'Hi' },
  { type: 'text-end', index: 1 },
  { type: 'usage', usage },
  { type: 'turn-end', reason: 'stop' },
]

test('a stream ends with the usage that was asked for and [DONE]', () => {
  const request = { prompt: 'p', echo: true, stream: true, stream_options: { include_usage: true } }
  const encoder = completions.createStreamEncoder(contextOf(request))
  const events = parts
    .map((part) => encoder.push(part))
    .join('')
    .split('\n\n')
    .slice(0, -1)
  expect(events.at(-1)).toBe('data: [DONE]')
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice(6)) as JsonObject)
  const choice = (text: string, reason: string | null = null): JsonObject => ({
    text,
    index: 0,
    logprobs: null,
    finish_reason: reason,
  })
  expect(chunks.map((chunk) => chunk['choices'])).toEqual([
    [choice('p')],
    [choice('Hi')],
    [choice('', 'stop')],
    [],
  ])
  expect(chunks.at(-1)).toMatchObject({ object: 'text_completion', usage: { total_tokens: 5 } })
  expect(encoder.push({ type: 'turn-end', reason: 'stop' })).toBe('')
})

test('a failed stream ends with the error alone', () => {
  const encoder = completions.createStreamEncoder(contextOf({ prompt: 'p', stream: true }))
  expect(encoder.push({ type: 'error', error: new BadGatewayError('cut') })).toBe(
    'data: {"error":{"message":"cut","type":"api_error","param":null,"code":null}}\n\n',
  )
})
