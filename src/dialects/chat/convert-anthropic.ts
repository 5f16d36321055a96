import { asArray, asNumber, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'

/** Copilot has answered `/chat/completions` for some Claude models with a body in Anthropic's own form. */
export function isAnthropicAnswer(body: JsonObject): boolean {
  const noChoices = !Array.isArray(body['choices']) || body['choices'].length === 0
  return noChoices && Array.isArray(body['content'])
}

const FINISH: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}

/** The same answer as a chat completion. A signature stays behind: the chat wire would not take it back. */
export function chatFromAnthropic(body: JsonObject): JsonObject {
  const blocks = asArray(body['content']).filter((block) => isJsonObject(block))
  const texts = blocks.filter((block) => block['type'] === 'text')
  const thoughts = blocks.filter((block) => block['type'] === 'thinking')
  const calls = blocks.filter((block) => block['type'] === 'tool_use')
  const message: JsonObject = {
    role: 'assistant',
    content:
      texts.length === 0 ? null : texts.map((block) => asString(block['text']) ?? '').join(''),
  }
  if (thoughts.length > 0)
    message['reasoning_text'] = thoughts.map((block) => asString(block['thinking']) ?? '').join('')
  if (calls.length > 0)
    message['tool_calls'] = calls.map((block) => ({
      id: asString(block['id']) ?? '',
      type: 'function',
      function: {
        name: asString(block['name']) ?? '',
        arguments: JSON.stringify(block['input'] ?? {}),
      },
    }))
  const stop = asString(body['stop_reason'])
  const finish = FINISH[stop ?? ''] ?? (calls.length > 0 ? 'tool_calls' : 'stop')
  return {
    id: asString(body['id']),
    model: asString(body['model']),
    choices: [{ index: 0, message, finish_reason: finish }],
    usage: chatUsageFromAnthropic(asObject(body['usage']) ?? {}),
    ...(body['copilot_usage'] === undefined ? {} : { copilot_usage: body['copilot_usage'] }),
  }
}

/** Anthropic counts cached tokens beside the input, OpenAI within it. */
function chatUsageFromAnthropic(usage: JsonObject): JsonObject {
  const cached = asNumber(usage['cache_read_input_tokens']) ?? 0
  const written = asNumber(usage['cache_creation_input_tokens']) ?? 0
  const prompt = (asNumber(usage['input_tokens']) ?? 0) + cached + written
  const completion = asNumber(usage['output_tokens']) ?? 0
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
  }
}
