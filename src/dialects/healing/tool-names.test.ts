import { describe, expect, test } from 'vitest'
import type { Conversation, Tool, Turn } from '../../core/conversation.ts'
import { call, conversationOf, result, say } from './__fixtures__/conversation.ts'
import { healToolNames } from './index.ts'

describe('tool names', () => {
  const long = `mcp__server__${'x'.repeat(80)}`
  const tool = (name: string, namespace?: string): Tool => ({
    kind: 'function',
    name,
    ...(namespace === undefined ? {} : { namespace }),
  })

  test('a name the wire refuses is mapped everywhere, and back', () => {
    const turns: Turn[] = [
      say('Hi'),
      { role: 'assistant', content: [call('a', long)] },
      { role: 'tool', content: [{ ...result('a'), name: long }] },
    ]
    const conversation: Conversation = {
      ...conversationOf(turns, [tool(long), tool('ok'), tool('a.b')]),
      toolChoice: { kind: 'tool', name: long },
    }
    const { conversation: healed, changed, restore } = healToolNames(conversation, 'chat')
    const name = healed.tools[0]?.name ?? ''
    expect(name).toMatch(/^[\w-]{64}$/)
    expect(healed.tools.map((entry) => entry.name)).toEqual([
      name,
      'ok',
      expect.stringMatching(/^a_b_\w+$/),
    ])
    expect(healed.toolChoice).toEqual({ kind: 'tool', name })
    expect(JSON.stringify(healed.turns)).not.toContain(long)
    expect(changed).toEqual(['tool_names'])
    expect(
      restore?.part({ type: 'tool-start', index: 0, id: 'a', name, kind: 'json' }),
    ).toMatchObject([{ name: long }])
    expect(restore?.part({ type: 'ping' })).toEqual([{ type: 'ping' }])
    const answer = restore?.answer({
      id: '',
      model: '',
      created: 0,
      finish: 'tool',
      content: [call('a', name), call('b', 'ok')],
    })
    expect(answer?.content).toEqual([call('a', long), call('b', 'ok')])
    // The same in every request, so that caches and histories hold.
    expect(healToolNames(conversation, 'chat').conversation.tools[0]?.name).toBe(name)
  })

  test('limits are the wire’s own', () => {
    const conversation = conversationOf([], [tool(long)])
    expect(healToolNames(conversation, 'messages').conversation).toBe(conversation)
    const inside = conversationOf([], [tool('read', 'n'.repeat(60))])
    expect(healToolNames(inside, 'responses').conversation).toBe(inside)
    const { conversation: healed, restore } = healToolNames(inside, 'chat')
    const [only] = healed.tools
    expect(only).not.toHaveProperty('namespace')
    expect(
      restore?.part({
        type: 'tool-start',
        index: 0,
        id: 'a',
        name: only?.name ?? '',
        kind: 'json',
      }),
    ).toMatchObject([{ name: 'read', namespace: 'n'.repeat(60) }])
  })

  test('a choice among some follows', () => {
    const conversation: Conversation = {
      ...conversationOf([], [tool(long), tool('ok')]),
      toolChoice: { kind: 'allowed', mode: 'auto', names: [long, 'ok'] },
    }
    const { toolChoice, tools } = healToolNames(conversation, 'chat').conversation
    expect(toolChoice).toMatchObject({ names: tools.map(({ name }) => name) })
  })

  test('doubles go, and more than the wire takes', () => {
    const many = Array.from({ length: 130 }, (_, index) => tool(`t${index}`))
    expect(
      healToolNames(conversationOf([], [tool('a'), tool('a'), tool('a', 'n')]), 'chat'),
    ).toMatchObject({
      changed: ['duplicate_tools'],
      conversation: { tools: [{ name: 'a' }, { name: 'a', namespace: 'n' }] },
    })
    expect(healToolNames(conversationOf([], many), 'responses')).toMatchObject({
      changed: ['too_many_tools'],
    })
    expect(healToolNames(conversationOf([], many), 'messages').changed).toEqual([])
  })
})
