import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { chatWire } from '../chat/index.ts'
import { model } from '../messages/__fixtures__/requests.ts'
import { messages } from '../messages/index.ts'
import { responsesWire } from '../responses/index.ts'
import { heal } from './index.ts'

const path = { params: {}, query: new Map<string, string>() }
const gpt = { ...model, id: 'gpt-5', vendor: 'OpenAI' }

test.each([
  ['responses', responsesWire],
  ['chat', chatWire],
] as const)('a tool that says less of its input than OpenAI asks for, on %s', (name, wire) => {
  const body = {
    model: 'gpt-5',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'hi' }],
    tools: [
      { name: 'list', input_schema: { type: 'object' } },
      { name: 'any', input_schema: {} },
      { name: 'tags', input_schema: { type: 'object', properties: { t: { type: 'array' } } } },
    ],
  } as unknown as JsonObject
  const healed = heal(messages.decodeRequest(body, path), name, gpt)
  const sent = wire.encodeRequest(healed.conversation, gpt).body
  const schemas = (sent['tools'] as JsonObject[]).map(
    (tool) => ((tool['function'] as JsonObject | undefined) ?? tool)['parameters'],
  )
  expect(schemas).toEqual([
    { type: 'object', properties: {} },
    { type: 'object', properties: {} },
    { type: 'object', properties: { t: { type: 'array', items: {} } } },
  ])
})
