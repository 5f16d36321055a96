import { describe, expect, test } from 'vitest'
import type { Content, Conversation } from '../../core/conversation.ts'
import { estimateTokens } from './estimate-tokens.ts'

function prompt(...content: readonly Content[]): Conversation {
  return {
    model: 'm',
    turns: [{ role: 'user', content }],
    tools: [],
    stream: false,
    includeUsage: false,
    extras: [],
  }
}

function text(words: string): Content {
  return { type: 'text', text: words }
}

describe('an estimate is near what a tokenizer counts', () => {
  // Counted with o200k_base, by the npm package gpt-tokenizer.
  const samples: readonly (readonly [string, string, number])[] = [
    [
      'English',
      'The quick brown fox jumps over the lazy dog, and then it sleeps under the old oak tree until the morning sun wakes it up again.',
      28,
    ],
    [
      'German',
      'Die Würde des Menschen ist unantastbar. Sie zu achten und zu schützen ist Verpflichtung aller staatlichen Gewalt.',
      25,
    ],
    [
      'Russian',
      'Сегодня очень хорошая погода, и мы решили пойти гулять в парк вместе с друзьями.',
      21,
    ],
    ['Hindi', 'आज मौसम बहुत अच्छा है, चलो पार्क में घूमने चलते हैं।', 15],
    ['Chinese', '今天天气很好，我们一起去公园散步吧。', 13],
    ['Japanese', '今日はとても天気がいいので、公園へ散歩に行きましょう。', 19],
    ['code', 'export function add(a: number, b: number): number {\n  return a + b\n}\n', 20],
    [
      'JSON',
      '{"name":"get_weather","arguments":{"city":"Paris","unit":"celsius","days":[1,2,3]}}',
      26,
    ],
  ]
  for (const [name, words, counted] of samples) {
    test(name, () => {
      const many = Array.from({ length: 10 }, () => text(words))
      const estimate = estimateTokens(prompt(...many)) - estimateTokens(prompt(text('')))
      expect(estimate / 10 / counted).toBeGreaterThan(0.79)
      expect(estimate / 10 / counted).toBeLessThan(1.21)
    })
  }
})

test('more of anything counts more', () => {
  const base = estimateTokens(prompt(text('hi')))
  const more: readonly Content[] = [
    text('hi hi hi hi'),
    { type: 'image', source: { kind: 'url', url: 'https://x' } },
    {
      type: 'document',
      source: { kind: 'data', mediaType: 'application/pdf', data: 'x'.repeat(200_000) },
    },
    { type: 'document', source: { kind: 'text', text: 'a plain page' } },
    { type: 'document', source: { kind: 'url', url: 'https://x' } },
    { type: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: 'x'.repeat(20_000) } },
    { type: 'tool-call', id: '1', name: 'f', input: { kind: 'json', text: '{"a":1}' } },
    { type: 'tool-result', id: '1', content: [{ type: 'text', text: 'done' }], isError: false },
    { type: 'opaque', origin: 'messages', value: { type: 'x', data: 'y'.repeat(100) } },
  ]
  for (const content of more) {
    expect(estimateTokens(prompt(text('hi'), content))).toBeGreaterThan(base)
  }
  const tool = {
    kind: 'function',
    name: 'f',
    description: 'does much',
    parameters: { type: 'object' },
  } as const
  expect(estimateTokens({ ...prompt(text('hi')), tools: [tool] })).toBeGreaterThan(base)
})
