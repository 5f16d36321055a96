import type { JsonObject } from '../core/json.ts'
import type { Model, WireName } from '../core/model.ts'

/**
 * A model of which only the name is known: it is taken to do everything, and the upstream says what it does not. As one
 * that may reason it is sent no sampling defaults.
 */
export function permissiveModel(
  id: string,
  vendor: string,
  wires: readonly WireName[],
  raw: JsonObject = { id },
): Model {
  return {
    id,
    name: id,
    vendor,
    kind: 'chat',
    wires,
    webSocket: false,
    limits: {},
    supports: {
      streaming: true,
      toolCalls: true,
      parallelToolCalls: true,
      vision: true,
      structuredOutputs: true,
      dimensions: true,
      reasoningEfforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'],
      adaptiveThinking: false,
    },
    pickerEnabled: true,
    preview: false,
    raw,
  }
}
