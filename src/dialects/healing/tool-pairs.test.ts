import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Turn } from '../../core/conversation.ts'
import type { Model } from '../../core/model.ts'
import { calls, conversationOf, result, results, say } from './__fixtures__/conversation.ts'
import { heal, healToolPairs } from './index.ts'

const interrupted = (id: string): unknown =>
  expect.objectContaining({ type: 'tool-result', id, isError: true })

describe('calls and results', () => {
  test('in order they stay the very same', () => {
    const conversation = conversationOf([
      say('Hi'),
      calls('a', 'b'),
      results('b', 'a'),
      say('And?'),
      calls('c'),
      results('c'),
    ])
    expect(healToolPairs(conversation)).toEqual({ conversation, changed: [] })
    expect(healToolPairs(conversation).conversation).toBe(conversation)
  })

  test.each<[string, Turn[], unknown[], string[]]>([
    [
      'a call without a result',
      [say('Hi'), calls('a', 'b'), results('a'), say('Stop')],
      [
        say('Hi'),
        calls('a', 'b'),
        { role: 'tool', content: [result('a'), interrupted('b')] },
        say('Stop'),
      ],
      ['orphan_tool_calls'],
    ],
    [
      'calls at the end',
      [say('Hi'), calls('a')],
      [say('Hi'), calls('a'), { role: 'tool', content: [interrupted('a')] }],
      ['orphan_tool_calls'],
    ],
    [
      'a result without a call',
      [results('x'), say('Hi')],
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Result of an earlier tool call (x):' },
            { type: 'text', text: 'x' },
          ],
        },
        say('Hi'),
      ],
      ['orphan_tool_results'],
    ],
    [
      'a result that came late',
      [calls('a'), say('Wait'), results('a')],
      [calls('a'), results('a'), say('Wait')],
      ['tool_result_order'],
    ],
    [
      'a result told twice',
      [calls('a'), results('a'), { role: 'tool', content: [result('a', 'again')] }],
      [calls('a'), results('a')],
      ['duplicate_tool_results'],
    ],
    [
      'a result in the user’s turn',
      [calls('a'), { role: 'user', content: [{ type: 'text', text: 'So' }, result('a')] }],
      [calls('a'), results('a'), say('So')],
      ['tool_result_order'],
    ],
    [
      'an id used again',
      [calls('a'), results('a'), calls('a', 'a'), results('a', 'a'), say('x')],
      [
        calls('a'),
        results('a'),
        calls('a_2', 'a_3'),
        {
          role: 'tool',
          content: [
            { ...result('a'), id: 'a_2' },
            { ...result('a'), id: 'a_3' },
          ],
        },
        say('x'),
      ],
      ['tool_call_ids'],
    ],
  ])('%s', (_, turns, expected, changed) => {
    const healed = healToolPairs(conversationOf(turns))
    expect(healed.conversation.turns).toEqual(expected)
    expect(healed.changed).toEqual(changed)
  })

  test('whatever comes in, what comes out is in order', () => {
    const id = fc.constantFrom('a', 'b', 'c')
    const turn = fc.oneof(
      fc.constant(say('x')),
      fc.array(id, { minLength: 1, maxLength: 3 }).map((ids) => calls(...ids)),
      fc.array(id, { minLength: 1, maxLength: 3 }).map((ids) => results(...ids)),
    )
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 8 }), (turns) => {
        const once = healToolPairs(conversationOf(turns)).conversation
        expect(healToolPairs(once).changed).toEqual([])
      }),
    )
  })
})

test('a conversation in order comes back as it is', () => {
  const conversation = conversationOf(
    [say('Hi'), calls('a'), results('a'), say('x')],
    [{ kind: 'function', name: 'f', parameters: { type: 'object', properties: {} } }],
  )
  for (const wire of ['chat', 'responses', 'messages'] as const) {
    expect(heal(conversation, wire, { vendor: 'x', limits: {} } as Model)).toEqual({
      conversation,
      degraded: [],
      restore: undefined,
    })
  }
})
