import type { Conversation } from '../../../core/conversation.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Model } from '../../../core/model.ts'
import { responses } from '../index.ts'

export const path = { params: {}, query: new Map<string, string>() }
export const facts = (body: JsonObject) => responses.readFacts(body, path)
/** As JSON has it: a field without a value is none. */
export const decode = (body: JsonObject): Conversation => {
  const conversation = responses.decodeRequest(body, path)
  return JSON.parse(JSON.stringify(conversation)) as Conversation
}

export const model: Model = {
  id: 'gpt-5.4',
  name: 'GPT-5.4',
  vendor: 'OpenAI',
  kind: 'chat',
  wires: ['responses'],
  webSocket: true,
  limits: { outputTokens: 128_000 },
  supports: {
    streaming: true,
    toolCalls: true,
    parallelToolCalls: true,
    vision: true,
    structuredOutputs: true,
    dimensions: false,
    reasoningEfforts: ['low', 'medium', 'high'],
    adaptiveThinking: false,
  },
  pickerEnabled: true,
  preview: false,
  raw: {},
}

export const user = { role: 'user', content: 'Hi' }
export const output = { type: 'function_call_output', call_id: 'call_1', output: 'done' }
