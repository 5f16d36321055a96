import type { Model } from '../../core/model.ts'

/** A model that can do everything. */
export const ABLE_MODEL: Model = {
  id: 'able-model',
  name: 'Able Model',
  vendor: 'Example',
  kind: 'chat',
  wires: ['chat'],
  webSocket: false,
  limits: { contextTokens: 128_000, promptTokens: 120_000, outputTokens: 16_000 },
  supports: {
    streaming: true,
    toolCalls: true,
    parallelToolCalls: true,
    vision: true,
    structuredOutputs: true,
    dimensions: false,
    reasoningEfforts: ['none', 'low', 'medium', 'high'],
    adaptiveThinking: false,
    minThinkingBudget: 1024,
    maxThinkingBudget: 32_000,
  },
  pickerEnabled: true,
  preview: false,
  raw: {},
}
