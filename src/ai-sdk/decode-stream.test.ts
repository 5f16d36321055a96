import type { LanguageModelV3StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import type { ChatCompletionChunk, ChatDelta } from '../sdk/types/chat.ts'
import { decodeContent } from './decode-answer.ts'
import { createStreamPartDecoder } from './decode-stream.ts'

function chunk(delta: ChatDelta, more: Partial<ChatCompletionChunk> = {}): ChatCompletionChunk {
  return {
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 10,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: null }],
    ...more,
  }
}

function decode(chunks: readonly ChatCompletionChunk[], raw = false): LanguageModelV3StreamPart[] {
  const decoder = createStreamPartDecoder(raw)
  return [...decoder.start([]), ...chunks.flatMap((each) => decoder.push(each)), ...decoder.end()]
}

const NO_USAGE = {
  inputTokens: {
    total: undefined,
    noCache: undefined,
    cacheRead: undefined,
    cacheWrite: undefined,
  },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
}

describe('chunks as parts', () => {
  test('reasoning, text, two tool calls that interleave, usage', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 7,
      total_tokens: 17,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 2 },
    }
    const parts = decode([
      chunk({ role: 'assistant', reasoning_text: 'h' }),
      chunk({ reasoning_text: 'm' }),
      chunk({ reasoning_opaque: 'sealed' }),
      chunk({ content: 'Hi' }),
      chunk({
        tool_calls: [{ index: 0, id: 'a', function: { name: 'one', arguments: '{"x"' } }],
      }),
      chunk({ tool_calls: [{ index: 1, id: 'b', function: { name: 'two' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
      chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }),
      chunk({}, { choices: [], usage }),
    ])
    expect(parts).toEqual([
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'c1', modelId: 'm', timestamp: new Date(10_000) },
      { type: 'reasoning-start', id: '0' },
      { type: 'reasoning-delta', id: '0', delta: 'h' },
      { type: 'reasoning-delta', id: '0', delta: 'm' },
      {
        type: 'reasoning-end',
        id: '0',
        providerMetadata: { jetway: { opaque: 'sealed' } },
      },
      { type: 'text-start', id: '1' },
      { type: 'text-delta', id: '1', delta: 'Hi' },
      { type: 'text-end', id: '1' },
      { type: 'tool-input-start', id: 'a', toolName: 'one' },
      { type: 'tool-input-delta', id: 'a', delta: '{"x"' },
      { type: 'tool-input-start', id: 'b', toolName: 'two' },
      { type: 'tool-input-delta', id: 'a', delta: ':1}' },
      { type: 'tool-input-end', id: 'a' },
      { type: 'tool-call', toolCallId: 'a', toolName: 'one', input: '{"x":1}' },
      { type: 'tool-input-end', id: 'b' },
      { type: 'tool-call', toolCallId: 'b', toolName: 'two', input: '{}' },
      {
        type: 'finish',
        finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
        usage: {
          inputTokens: { total: 10, noCache: 6, cacheRead: 4, cacheWrite: undefined },
          outputTokens: { total: 7, text: 5, reasoning: 2 },
          raw: usage,
        },
      },
    ])
  })

  test('a stream of nothing still ends', () => {
    expect(decode([])).toEqual([
      { type: 'stream-start', warnings: [] },
      { type: 'finish', finishReason: { unified: 'other', raw: undefined }, usage: NO_USAGE },
    ])
  })

  test('raw chunks come along when asked for', () => {
    const one = chunk({ content: 'x' })
    expect(decode([one], true)).toContainEqual({ type: 'raw', rawValue: one })
    expect(decode([one])).not.toContainEqual({ type: 'raw', rawValue: one })
  })

  test('pages that the answer refers to, each once', () => {
    const cite = (url: string) => ({
      type: 'url_citation' as const,
      url_citation: { url, title: url.toUpperCase(), start_index: 0, end_index: 1 },
    })
    const source = (url: string) => ({
      type: 'source',
      sourceType: 'url',
      id: url,
      url,
      title: url.toUpperCase(),
    })
    const streamed = decode([
      chunk({ annotations: [cite('a'), cite('a')] }),
      chunk({ annotations: [cite('a'), cite('b')] }),
    ])
    expect(streamed.filter(({ type }) => type === 'source')).toEqual([source('a'), source('b')])
    const message = {
      role: 'assistant' as const,
      content: 'x',
      refusal: null,
      annotations: [cite('a'), cite('b'), cite('a')],
    }
    const whole = decodeContent({ index: 0, message, finish_reason: 'stop', logprobs: null })
    expect(whole).toEqual([{ type: 'text', text: 'x' }, source('a'), source('b')])
  })
})
