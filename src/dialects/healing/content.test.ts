import { describe, expect, test } from 'vitest'
import type { Content, Turn } from '../../core/conversation.ts'
import { conversationOf, say } from './__fixtures__/conversation.ts'
import { healEmptyContent, healImages } from './index.ts'

describe('empty content', () => {
  test('texts and turns of nothing go', () => {
    const empty: Content = { type: 'text', text: '' }
    const { conversation, changed } = healEmptyContent(
      conversationOf([
        say('Hi'),
        { role: 'assistant', content: [] },
        { role: 'user', content: [empty, { type: 'text', text: 'x' }] },
        { role: 'assistant', content: [empty] },
      ]),
      'chat',
    )
    expect(conversation.turns).toEqual([say('Hi'), say('x')])
    expect(changed).toEqual(['empty_content'])
  })

  test('only where it must, the user speaks first', () => {
    const turns: Turn[] = [
      { role: 'system', author: 'system', content: [{ type: 'text', text: 's' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
      say('Hi'),
    ]
    const conversation = conversationOf(turns)
    expect(healEmptyContent(conversation, 'chat').conversation).toBe(conversation)
    const healed = healEmptyContent(conversation, 'messages')
    expect(healed.conversation.turns.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
    ])
    expect(healed.changed).toEqual(['leading_assistant'])
  })
})

describe('images', () => {
  const image = (data: string, mediaType = 'image/png'): Content & { type: 'image' } => ({
    type: 'image',
    source: { kind: 'data', mediaType, data },
  })
  const shown = (turns: readonly Turn[]): string[] =>
    turns
      .flatMap((turn): readonly Content[] => turn.content)
      .flatMap((piece): readonly Content[] =>
        piece.type === 'tool-result' ? piece.content : [piece],
      )
      .map((piece) => {
        if (piece.type === 'image' && piece.source.kind === 'data') return piece.source.data
        return piece.type === 'text' ? piece.text : piece.type
      })

  test('of too many the newest stay', () => {
    const turns: Turn[] = [
      { role: 'user', content: [image('one'), { type: 'text', text: 'x' }] },
      {
        role: 'tool',
        content: [{ type: 'tool-result', id: 'a', isError: false, content: [image('two')] }],
      },
      { role: 'user', content: [image('three')] },
    ]
    const healed = healImages(conversationOf(turns), { maxImages: 2 })
    expect(shown(healed.conversation.turns)).toEqual([
      '[An image was left out: the model takes no more than 2 of them.]',
      'x',
      'two',
      'three',
    ])
    expect(healed.changed).toEqual(['too_many_images'])
    const conversation = conversationOf(turns)
    expect(healImages(conversation, { maxImages: 3 }).conversation).toBe(conversation)
    expect(healImages(conversation, {}).conversation).toBe(conversation)
  })

  test('too large ones and unknown kinds become a text', () => {
    const turns: Turn[] = [
      { role: 'user', content: [image('x'.repeat(200)), image('AA', 'image/bmp'), image('AA')] },
    ]
    const healed = healImages(conversationOf(turns), {
      maxImageBytes: 100,
      imageTypes: ['image/png'],
      maxImages: 1,
    })
    expect(healed.changed.toSorted()).toEqual(['image_type', 'oversize_image'])
    expect(shown(healed.conversation.turns).at(-1)).toBe('AA')
  })
})
