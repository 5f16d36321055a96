import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { streamChunkBuilder } from './chunk-builder.ts'
import type { ChatChunkChoice, ChatCompletionChunk } from './types/chat.ts'

function chunk(
  choices: ChatChunkChoice[],
  more: Partial<ChatCompletionChunk> = {},
): ChatCompletionChunk {
  return { id: 'c1', object: 'chat.completion.chunk', created: 7, model: 'm', choices, ...more }
}

function delta(
  value: ChatChunkChoice['delta'],
  more: Partial<ChatChunkChoice> = {},
): ChatCompletionChunk {
  return chunk([{ index: 0, delta: value, finish_reason: null, ...more }])
}

describe('an answer from its chunks', () => {
  test('text, usage and the reason it ended', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
    const answer = streamChunkBuilder([
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'Hel' }),
      delta({ content: 'lo' }),
      delta({}, { finish_reason: 'stop' }),
      chunk([], { usage }),
    ])
    expect(answer).toEqual({
      id: 'c1',
      object: 'chat.completion',
      created: 7,
      model: 'm',
      usage,
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          logprobs: null,
          message: { role: 'assistant', content: 'Hello', refusal: null },
        },
      ],
    })
  })

  test('parallel tool calls whose pieces interleave', () => {
    const call = (index: number, more: object): ChatCompletionChunk =>
      delta({ tool_calls: [{ index, ...more }] })
    const answer = streamChunkBuilder([
      call(0, { id: 'a', type: 'function', function: { name: 'one', arguments: '' } }),
      call(1, { id: 'b', type: 'function', function: { name: 'two', arguments: '{"y"' } }),
      call(0, { function: { arguments: '{"x":' } }),
      call(1, { function: { arguments: ':2}' } }),
      call(0, { function: { arguments: '1}' } }),
      delta({}, { finish_reason: 'tool_calls' }),
    ])
    expect(answer.choices[0]?.message).toEqual({
      role: 'assistant',
      content: null,
      refusal: null,
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'one', arguments: '{"x":1}' } },
        { id: 'b', type: 'function', function: { name: 'two', arguments: '{"y":2}' } },
      ],
    })
  })

  test('several choices, in their order', () => {
    const answer = streamChunkBuilder([
      chunk([{ index: 1, delta: { content: 'b' }, finish_reason: 'stop' }]),
      chunk([{ index: 0, delta: { content: 'a' }, finish_reason: 'length' }]),
    ])
    expect(answer.choices.map((choice) => [choice.index, choice.message.content])).toEqual([
      [0, 'a'],
      [1, 'b'],
    ])
  })

  test('refusals, reasoning and log probabilities', () => {
    const token = { token: 'a', bytes: null, logprob: -1, top_logprobs: [] }
    const answer = streamChunkBuilder([
      delta({ reasoning_text: 'hm', reasoning_opaque: 'sealed' }),
      delta({ refusal: 'no' }, { logprobs: { content: null, refusal: [token] } }),
      delta({ refusal: '!' }, { logprobs: { content: null, refusal: [token] } }),
    ])
    expect(answer.choices[0]).toMatchObject({
      logprobs: { content: null, refusal: [token, token] },
      message: { refusal: 'no!', reasoning_text: 'hm', reasoning_opaque: 'sealed', content: null },
    })
  })

  test('any text, in any pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (texts, inputs) => {
        const call = { id: 'a', type: 'function', function: { name: 'one' } } as const
        const answer = streamChunkBuilder([
          delta({ role: 'assistant' }),
          ...texts.map((content) => delta({ content })),
          delta({ tool_calls: [{ index: 0, ...call }] }),
          ...inputs.map((text) =>
            delta({ tool_calls: [{ index: 0, function: { arguments: text } }] }),
          ),
          delta({}, { finish_reason: 'tool_calls' }),
        ])
        const [choice] = answer.choices
        expect(choice?.message.content ?? '').toBe(texts.join(''))
        expect(choice?.message.tool_calls).toEqual([
          { ...call, function: { name: 'one', arguments: inputs.join('') } },
        ])
      }),
    )
  })

  test('no chunks are no answer', () => {
    expect(() => streamChunkBuilder([])).toThrow('no chunks')
  })
})
