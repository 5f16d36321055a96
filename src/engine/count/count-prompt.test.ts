import { beforeAll, describe, expect, test } from 'vitest'
import type { Content, Conversation } from '../../core/conversation.ts'
import { countPrompt } from './count-prompt.ts'
import { createTokenizers } from './tokenizers.ts'
import type { CountText } from './tokenizers.ts'

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

// Counted with o200k_base, each by itself.
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

/** The texts alone, without the frame of the prompt. */
async function countTexts(words: string, times: number, countText?: CountText): Promise<number> {
  const many = Array.from({ length: times }, () => text(words))
  const whole = await countPrompt(prompt(...many), countText)
  return whole - (await countPrompt(prompt(), countText))
}

describe('without the tokenizer an estimate is within a fifth of it', () => {
  test.each(samples)('%s', async (_name, words, counted) => {
    const estimate = await countTexts(words, 10)
    expect(estimate / 10 / counted).toBeGreaterThan(0.79)
    expect(estimate / 10 / counted).toBeLessThan(1.21)
  })
})

describe('with the tokenizer', () => {
  let o200k: CountText
  let cl100k: CountText
  beforeAll(async () => {
    const tokenizers = createTokenizers()
    o200k = found(await tokenizers.find('o200k_base'))
    cl100k = found(await tokenizers.find('cl100k_base'))
  })

  test.each(samples)('texts are counted as it counts them: %s', async (_name, words, counted) => {
    expect(await countTexts(words, 10, o200k)).toBe(10 * counted)
  })

  test('each by its own', async () => {
    const words = samples[2]?.[1] ?? ''
    expect(await countTexts(words, 1, cl100k)).toBeGreaterThan(await countTexts(words, 1, o200k))
  })

  test('a long text is counted in slices, to the same number', async () => {
    const words = 'The quick brown fox jumps over the lazy dog. '.repeat(400)
    expect(await countTexts(words, 1, o200k)).toBe(o200k(words))
  })

  test('a text that merges slowly is no way to keep the gateway busy', async () => {
    let longest = 0
    const watched: CountText = (slice) => {
      longest = Math.max(longest, slice.length)
      return o200k(slice)
    }
    expect(await countTexts('a'.repeat(100_000), 1, watched)).toBe(12_500)
    expect(longest).toBe(256)
  })

  test('others have their turn while a large prompt is counted', async () => {
    let turns = 0
    const count = (): void => {
      turns++
      next = setImmediate(count)
    }
    let next = setImmediate(count)
    await countTexts('many words '.repeat(40_000), 1, () => 1)
    clearImmediate(next)
    expect(turns).toBeGreaterThan(3)
  })

  test('what looks like a special token is text', async () => {
    expect(await countTexts('<|endoftext|>', 1, o200k)).toBeGreaterThan(1)
  })
})

describe('tokenizers', () => {
  test('one that nobody knows is none, and nothing is loaded for it', async () => {
    const asked: string[] = []
    const { find } = createTokenizers((name) => {
      asked.push(name)
      return Promise.resolve(() => 1)
    })
    expect(await find(undefined)).toBeUndefined()
    expect(await find('p50k_base')).toBeUndefined()
    expect(asked).toEqual([])
    await Promise.all([find('o200k_base'), find('o200k_base')])
    await find('cl100k_base')
    expect(asked).toEqual(['o200k_base', 'cl100k_base'])
  })

  test('without the package there is none, and it is looked for once', async () => {
    let asked = 0
    const { find } = createTokenizers(() => {
      asked++
      return Promise.resolve(undefined)
    })
    expect(await find('o200k_base')).toBeUndefined()
    expect(await find('o200k_base')).toBeUndefined()
    expect(asked).toBe(1)
  })
})

function found(countText: CountText | undefined): CountText {
  if (countText === undefined) throw new Error('gpt-tokenizer is not installed')
  return countText
}

test.each([
  ['estimated', undefined],
  ['counted', (words: string): number => words.length],
])('more of anything counts more, %s', async (_how, countText) => {
  const base = await countPrompt(prompt(text('hi')), countText)
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
  const counts = await Promise.all(
    more.map((content) => countPrompt(prompt(text('hi'), content), countText)),
  )
  for (const count of counts) expect(count).toBeGreaterThan(base)
  const tool = {
    kind: 'function',
    name: 'f',
    description: 'does much',
    parameters: { type: 'object' },
  } as const
  const withTool = { ...prompt(text('hi')), tools: [tool] }
  expect(await countPrompt(withTool, countText)).toBeGreaterThan(base)
})
