import type { SharedV3Warning } from '@ai-sdk/provider'
import type { RawResponse } from '../sdk/types/options.ts'
import type { EncodedCall } from './encode-options.ts'

/**
 * What the model was not sent as it was asked for, by the head of its answer. A setting of the caller's has no effect then;
 * anything else (a late system message, a tool's long name) was brought into a form that the model takes.
 */
export function lossWarnings(
  { headers }: RawResponse,
  request: EncodedCall['request'],
): SharedV3Warning[] {
  const names = (headers['x-jetway-degraded'] ?? '').split(', ').filter((name) => name !== '')
  const features = new Map<string, 'unsupported' | 'compatibility'>()
  for (const name of names) {
    const setting = SETTINGS[name]
    const given = setting !== undefined || name in request || name in (request.extra_body ?? {})
    features.set(setting ?? name, given ? 'unsupported' : 'compatibility')
  }
  return [...features].map(([feature, type]) => ({ type, feature }))
}

/** The AI SDK's and this provider's names of what the wires spell otherwise. */
const SETTINGS: Readonly<Record<string, string>> = {
  max_tokens: 'maxOutputTokens',
  max_completion_tokens: 'maxOutputTokens',
  max_output_tokens: 'maxOutputTokens',
  top_p: 'topP',
  top_k: 'topK',
  stop: 'stopSequences',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  tool_choice: 'toolChoice',
  response_format: 'responseFormat',
  parallel_tool_calls: 'parallelToolCalls',
  reasoning_effort: 'reasoningEffort',
  'reasoning.effort': 'reasoningEffort',
  'output_config.effort': 'reasoningEffort',
}
