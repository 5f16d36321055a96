import { expect, test } from 'vitest'
import { chat, chatWire } from '../../dialects/chat/index.ts'
import { model } from '../../dialects/messages/__fixtures__/requests.ts'
import { healRelayed } from './heal-relayed.ts'

const path = { params: {}, query: new Map<string, string>() }

test('a call that was cut off no longer blocks a conversation with Claude on chat', () => {
  const claude = { ...model, id: 'claude-sonnet-4.5', vendor: 'Anthropic' }
  const body = {
    model: claude.id,
    messages: [
      { role: 'user', content: 'q' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"path": "a' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'bad arguments' },
    ],
    tools: [
      { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
    ],
  }
  const healed = healRelayed(body, chat.decodeRequest(body, path), chatWire, claude)
  expect(healed?.members.get('messages')).toMatchObject([
    {},
    { tool_calls: [{ function: { arguments: '{"input":"{\\"path\\": \\"a"}' } }] },
    {},
  ])
})

test('relay of a tool without properties to GPT is mended after a refusal', () => {
  const gpt = { ...model, id: 'gpt-5', vendor: 'OpenAI' }
  const body = {
    model: 'gpt-5',
    messages: [{ role: 'user', content: 'q' }],
    tools: [{ type: 'function', function: { name: 'now', parameters: { type: 'object' } } }],
  }
  const healed = healRelayed(body, chat.decodeRequest(body, path), chatWire, gpt)
  expect(healed?.members.get('tools')).toMatchObject([
    { function: { parameters: { type: 'object', properties: {} } } },
  ])
})
