import { asNumber, asObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'

/**
 * Usage as the chat and embeddings wires report it, with what Copilot bills beside it
 * (`copilot_usage.total_nano_aiu`, on the last chunk or on the body). Undefined when the body holds neither.
 */
export function readUsage(body: JsonObject): Usage | undefined {
  const usage = asObject(body['usage'])
  const nanoCredits = readNanoCredits(body, usage)
  if (usage === undefined && nanoCredits === undefined) return undefined
  const prompt = asObject(usage?.['prompt_tokens_details'])
  const completion = asObject(usage?.['completion_tokens_details'])
  return {
    inputTokens: count(usage?.['prompt_tokens']),
    cachedInputTokens: count(prompt?.['cached_tokens']),
    cacheWriteTokens: count(
      prompt?.['cache_write_tokens'] ?? usage?.['cache_creation_input_tokens'],
    ),
    outputTokens: count(usage?.['completion_tokens']),
    reasoningTokens: count(completion?.['reasoning_tokens'] ?? usage?.['reasoning_tokens']),
    ...(nanoCredits === undefined ? {} : { nanoCredits }),
  }
}

/** With what a chunk adds to what earlier ones said: one that tells the price alone leaves the counts as they are. */
export function addUsage(known: Usage | undefined, chunk: JsonObject): Usage | undefined {
  const read = readUsage(chunk)
  if (read === undefined || known === undefined) return read ?? known
  if (asObject(chunk['usage']) !== undefined) return { ...known, ...read }
  return { ...known, nanoCredits: read.nanoCredits }
}

function readNanoCredits(body: JsonObject, usage?: JsonObject): number | undefined {
  const billed = asObject(body['copilot_usage']) ?? asObject(usage?.['copilot_usage'])
  return asNumber(billed?.['total_nano_aiu'])
}

/** Usage as chat clients read it. */
export function chatUsage(usage: Usage): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      ...(usage.cacheWriteTokens > 0 ? { cache_write_tokens: usage.cacheWriteTokens } : {}),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  }
}

function count(value: JsonValue | undefined): number {
  const number = asNumber(value)
  return number === undefined || number < 0 ? 0 : Math.floor(number)
}
