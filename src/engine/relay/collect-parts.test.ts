import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Answer, Content } from '../../core/conversation.ts'
import { BadGatewayError } from '../../core/errors.ts'
import type { Part } from '../../core/parts.ts'
import { partsOfAnswer } from './answer-parts.ts'
import { collectParts } from './collect-parts.ts'

function collect(parts: readonly Part[]): Answer {
  const collector = collectParts()
  for (const part of parts) collector.push(part)
  return collector.answer()
}

const sealed = fc.option(
  fc.record({
    origin: fc.constantFrom('chat' as const, 'messages' as const),
    kind: fc.constantFrom('signature' as const, 'opaque' as const),
    data: fc.string(),
  }),
  { nil: undefined },
)

const content: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: fc.string() }),
  fc.record({
    type: fc.constant('reasoning' as const),
    text: fc.string(),
    summary: fc.boolean(),
    id: fc.option(fc.string(), { nil: undefined }),
    sealed,
  }),
  fc.record({
    type: fc.constant('tool-call' as const),
    id: fc.string(),
    name: fc.string(),
    input: fc.record({
      kind: fc.constantFrom('json' as const, 'text' as const),
      text: fc.string(),
    }),
    sealed,
  }),
  fc.record({
    type: fc.constant('opaque' as const),
    origin: fc.constant('responses' as const),
    value: fc.constant({ type: 'web_search_call' }),
  }),
)

const answers: fc.Arbitrary<Answer> = fc.record({
  id: fc.string(),
  model: fc.string(),
  created: fc.nat(),
  content: fc.array(content),
  finish: fc.constantFrom('stop' as const, 'length' as const, 'tool' as const),
  stopSequence: fc.option(fc.string(), { nil: undefined }),
})

test('an answer taken apart and put together again is the same answer', () => {
  fc.assert(
    fc.property(answers, (answer) => {
      expect(collect(partsOfAnswer(answer))).toEqual(answer)
    }),
  )
})

describe('what streams do', () => {
  const start: Part = { type: 'answer-start', id: 'a', model: 'm', created: 1 }
  const end: Part = { type: 'turn-end', reason: 'tool' }

  test('pieces of two tool calls interleave; the whole input wins over its pieces', () => {
    const tool = (index: number): Part => ({
      type: 'tool-start',
      index,
      id: `t${index}`,
      name: 'f',
      kind: 'json',
    })
    const answer = collect([
      start,
      tool(1),
      tool(0),
      { type: 'tool-delta', index: 0, text: '{"a":' },
      { type: 'tool-delta', index: 1, text: '?!' },
      { type: 'tool-delta', index: 0, text: '1}' },
      { type: 'tool-end', index: 1, text: '{"b":2}' },
      { type: 'tool-end', index: 0 },
      end,
    ])
    expect(answer.content).toMatchObject([
      { id: 't0', input: { text: '{"a":1}' } },
      { id: 't1', input: { text: '{"b":2}' } },
    ])
  })

  test('a refusal, annotations and the tokens’ probabilities are kept', () => {
    const answer = collect([
      start,
      { type: 'text-start', index: 0 },
      { type: 'text-delta', index: 0, text: 'a', logprobs: { content: [{ token: 'a' }] } },
      { type: 'ping' },
      { type: 'text-delta', index: 0, text: 'b', logprobs: { content: [{ token: 'b' }] } },
      { type: 'text-end', index: 0, annotations: [{ type: 'url_citation' }] },
      { type: 'refusal-delta', text: 'n' },
      { type: 'refusal-delta', text: 'o' },
      end,
    ])
    expect(answer.content).toEqual([
      { type: 'text', text: 'ab', annotations: [{ type: 'url_citation' }] },
      { type: 'refusal', text: 'no' },
    ])
    expect(answer.logprobs).toEqual({ content: [{ token: 'a' }, { token: 'b' }] })
  })

  test('an answer without its end is none', () => {
    expect(() => collect([start])).toThrow(/before the answer was complete/)
    const boom = new BadGatewayError('boom')
    expect(() => collect([start, { type: 'error', error: boom }])).toThrow(boom)
  })
})
