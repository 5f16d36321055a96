import type { Conversation } from '../../../core/conversation.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Model } from '../../../core/model.ts'
import { messages, messagesWire } from '../index.ts'

export const path = { params: {}, query: new Map<string, string>() }
export const facts = (body: JsonObject) => messages.readFacts({ max_tokens: 9, ...body }, path)
export const decode = (body: JsonObject): Conversation => messages.decodeRequest(body, path)

export const model: Model = {
  id: 'claude-opus-4.6',
  name: 'Claude Opus 4.6',
  vendor: 'Anthropic',
  kind: 'chat',
  wires: ['messages', 'chat'],
  webSocket: false,
  limits: { contextTokens: 200_000, outputTokens: 32_000, nonStreamingOutputTokens: 16_000 },
  supports: {
    streaming: true,
    toolCalls: true,
    parallelToolCalls: true,
    vision: true,
    structuredOutputs: true,
    dimensions: false,
    reasoningEfforts: ['low', 'medium', 'high'],
    adaptiveThinking: true,
    minThinkingBudget: 1024,
    maxThinkingBudget: 32_000,
  },
  pickerEnabled: true,
  preview: false,
  raw: {},
}

export const encode = (conversation: Partial<Conversation>, using = model) =>
  messagesWire.encodeRequest(
    {
      model: 'm',
      turns: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [],
      stream: true,
      includeUsage: true,
      extras: [],
      ...conversation,
    },
    using,
  )

export const user = (content: JsonObject['x']): JsonObject => ({ role: 'user', content })
export const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'done' }
export const billing = {
  type: 'text',
  text: 'x-anthropic-billing-header: cc_version=2.1; cc_entrypoint=cli;',
}
