import { expect, test } from 'vitest'
import { asArray, asObject, type JsonObject } from '../../core/json.ts'
import { chat } from '../chat/index.ts'
import { ollamaChat } from '../ollama/index.ts'
import { model } from './__fixtures__/requests.ts'
import { messagesWire } from './index.ts'

const path = { params: {}, query: new Map<string, string>() }

test('a budget for thinking is left out of a tool loop whose thinking did not come back', () => {
  const body = {
    model: 'claude-sonnet-4.5',
    think: true,
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
    messages: [
      { role: 'user', content: 'q' },
      {
        role: 'assistant',
        content: '',
        thinking: 'hm',
        tool_calls: [{ function: { name: 'f', arguments: {} } }],
      },
      { role: 'tool', tool_name: 'f', content: 'r' },
    ],
  }
  const supports = {
    ...model.supports,
    adaptiveThinking: false,
    reasoningEfforts: [],
    minThinkingBudget: 1024,
    maxThinkingBudget: 32_000,
  }
  const conversation = ollamaChat.decodeRequest(body, path)
  const sent = messagesWire.encodeRequest(conversation, { ...model, supports })
  const last = asArray(sent.body['messages'])
    .map(asObject)
    .findLast((message) => message?.['role'] === 'assistant')
  expect(asArray(last?.['content'])[0]).toMatchObject({ type: 'tool_use' })
  expect(sent.body['thinking']).toBeUndefined()
  expect(sent.degraded).toContain('reasoning_effort')
})

test.each<[string, JsonObject | undefined]>([
  ['a@b.com', undefined],
  ['+49 30 1234567', undefined],
  ['x'.repeat(257), undefined],
  ['user-17', { user_id: 'user-17' }],
])('the user %s names a person only where the wire takes it', (user, metadata) => {
  const body = { model: 'm', user, messages: [{ role: 'user', content: 'x' }] }
  const sent = messagesWire.encodeRequest(chat.decodeRequest(body, path), model)
  expect(sent.body['metadata']).toEqual(metadata)
  expect(sent.degraded.includes('user')).toBe(metadata === undefined)
})
