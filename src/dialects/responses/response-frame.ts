import type { EncodeContext } from '../../core/dialect.ts'
import { asObject, type JsonObject, type JsonValue } from '../../core/json.ts'

/** Everything of a response object but what the model made, repeated from the request as OpenAI does. */
export function createResponseFrame(
  { model, nowMs, request }: EncodeContext,
  id: string,
  created = 0,
): (made: JsonObject) => JsonObject {
  const reasoning = asObject(request['reasoning'])
  const frame: JsonObject = {
    id,
    object: 'response',
    created_at: created > 0 ? created : Math.floor(nowMs / 1000),
    completed_at: null,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: request['instructions'] ?? null,
    max_output_tokens: request['max_output_tokens'] ?? null,
    max_tool_calls: request['max_tool_calls'] ?? null,
    model,
    output: [],
    parallel_tool_calls: request['parallel_tool_calls'] ?? true,
    presence_penalty: 0,
    frequency_penalty: 0,
    previous_response_id: request['previous_response_id'] ?? null,
    prompt_cache_key: request['prompt_cache_key'] ?? null,
    reasoning: {
      effort: reasoning?.['effort'] ?? null,
      summary: reasoning?.['summary'] ?? null,
    },
    safety_identifier: request['safety_identifier'] ?? null,
    service_tier: 'default',
    store: request['store'] ?? true,
    temperature: request['temperature'] ?? 1,
    text: textOf(request['text']),
    tool_choice: request['tool_choice'] ?? 'auto',
    tools: toolsOf(request['tools']),
    top_logprobs: request['top_logprobs'] ?? 0,
    top_p: request['top_p'] ?? 1,
    truncation: request['truncation'] ?? 'disabled',
    usage: null,
    user: request['user'] ?? null,
    metadata: request['metadata'] ?? {},
  }
  return (made) => ({ ...frame, ...made })
}

function textOf(text: JsonValue | undefined): JsonObject {
  return { format: { type: 'text' }, ...asObject(text) }
}

/** Functions are repeated with all their fields, set or not. */
export function toolsOf(tools: JsonValue | undefined): JsonValue[] {
  if (!Array.isArray(tools)) return []
  return tools.map((tool) => {
    const fields = asObject(tool)
    if (fields?.['type'] !== 'function') return tool
    return {
      ...fields,
      description: fields['description'] ?? null,
      parameters: fields['parameters'] ?? null,
      strict: fields['strict'] ?? true,
    }
  })
}
