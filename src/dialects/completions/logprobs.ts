import { asArray, asNumber, asObject, asString } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/** Chat lists one object a token; completions list one column a property. Null when there are none. */
export function completionLogprobs(
  logprobs: JsonValue | undefined,
  offset: number,
): JsonObject | null {
  const content = asObject(logprobs)?.['content']
  if (!Array.isArray(content)) return null
  const tokens: string[] = []
  const tokenLogprobs: (number | null)[] = []
  const topLogprobs: JsonObject[] = []
  const textOffset: number[] = []
  let at = offset
  for (const value of content) {
    const entry = asObject(value)
    const token = asString(entry?.['token']) ?? ''
    tokens.push(token)
    tokenLogprobs.push(asNumber(entry?.['logprob']) ?? null)
    const top: JsonObject = {}
    for (const candidate of asArray(entry?.['top_logprobs'])) {
      const known = asObject(candidate)
      top[asString(known?.['token']) ?? ''] = asNumber(known?.['logprob']) ?? null
    }
    topLogprobs.push(top)
    textOffset.push(at)
    at += token.length
  }
  return {
    tokens,
    token_logprobs: tokenLogprobs,
    top_logprobs: topLogprobs,
    text_offset: textOffset,
  }
}
