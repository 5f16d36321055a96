import { describe, expect, test } from 'vitest'
import type { Tool, Turn } from '../../core/conversation.ts'
import type { Model } from '../../core/model.ts'
import type { Part } from '../../core/parts.ts'
import { conversationOf, results, say } from './__fixtures__/conversation.ts'
import { heal, healCustomTools } from './index.ts'

describe('custom tools', () => {
  const patch: Tool = {
    kind: 'custom',
    name: 'apply_patch',
    description: 'patches',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: x' },
  }
  const model = (vendor: string): Model => ({ vendor, limits: {}, supports: {} }) as Model
  const said: Turn[] = [
    say('Hi'),
    {
      role: 'assistant',
      content: [
        {
          type: 'tool-call',
          id: 'a',
          name: 'apply_patch',
          input: { kind: 'text', text: '*** "x"' },
        },
      ],
    },
    results('a'),
  ]

  test('become functions where there are only functions', () => {
    const conversation = conversationOf(said, [patch])
    expect(healCustomTools(conversation, 'responses', model('Anthropic')).conversation).toBe(
      conversation,
    )
    expect(healCustomTools(conversation, 'chat', model('Azure OpenAI')).conversation).toBe(
      conversation,
    )
    const { conversation: healed, changed } = healCustomTools(conversation, 'chat', model('Google'))
    expect(changed).toEqual(['custom_tools'])
    expect(healed.tools).toMatchObject([
      {
        kind: 'function',
        name: 'apply_patch',
        description: 'patches\n\nThe input follows this lark grammar:\nstart: x',
      },
    ])
    expect(healed.turns[1]?.content).toMatchObject([
      { input: { kind: 'json', text: '{"input":"*** \\"x\\""}' } },
    ])
  })

  test('and their calls custom calls again, also under a mapped name', () => {
    const name = 'apply.patch'
    const {
      conversation: healed,
      restore,
      degraded,
    } = heal(conversationOf([say('Hi')], [{ ...patch, name }]), 'messages', model('Anthropic'))
    const sent = healed.tools[0]?.name ?? ''
    expect(sent).toMatch(/^apply_patch_\w+$/)
    expect(degraded).toEqual(['tool_names', 'custom_tools'])
    const parts: Part[] = [
      { type: 'tool-start', index: 0, id: 'a', name: sent, kind: 'json' },
      { type: 'tool-delta', index: 0, text: '{"input":"*** B' },
      { type: 'tool-delta', index: 0, text: 'egin"}' },
      { type: 'tool-end', index: 0 },
      { type: 'tool-start', index: 1, id: 'b', name: 'other', kind: 'json' },
      { type: 'tool-delta', index: 1, text: '{}' },
      { type: 'tool-end', index: 1 },
    ]
    expect(parts.flatMap((part) => restore?.part(part) ?? [])).toEqual([
      { type: 'tool-start', index: 0, id: 'a', name, kind: 'text' },
      { type: 'tool-delta', index: 0, text: '*** Begin' },
      { type: 'tool-end', index: 0, text: '*** Begin' },
      ...parts.slice(4),
    ])
    const answer = restore?.answer({
      id: '',
      model: '',
      created: 0,
      finish: 'tool',
      content: [
        { type: 'tool-call', id: 'a', name: sent, input: { kind: 'json', text: '{"input":"x"}' } },
      ],
    })
    expect(answer?.content).toEqual([
      { type: 'tool-call', id: 'a', name, input: { kind: 'text', text: 'x' } },
    ])
  })
})
