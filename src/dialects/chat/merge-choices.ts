import { asArray, asNumber, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/**
 * Whether several choices are one answer in pieces, as Claude's are on Copilot's chat wire (the text in one, each tool
 * call in another), and not the answers that `n` asked for.
 */
export function areOneAnswer(
  choices: readonly JsonObject[],
  candidates: number | undefined,
): boolean {
  if (choices.length < 2) return false
  if (candidates !== undefined) return candidates <= 1
  const indexes = new Set(choices.map((choice) => asNumber(choice['index'])))
  if (indexes.size < choices.length || indexes.has(undefined)) return true
  const withCalls = choices.filter((choice) => callsOf(choice).length > 0)
  if (withCalls.length === 0) return false
  // A piece without calls that ends for calls, or a piece with nothing but calls beside one with text.
  return choices.some(
    (choice) =>
      (callsOf(choice).length === 0 && choice['finish_reason'] === 'tool_calls') ||
      (callsOf(choice).length > 0 && !textOf(choice)),
  )
}

/** Texts joined, calls in order, the finish reason of whichever piece has one (`tool_calls` before the rest). */
export function mergeChoices(choices: readonly JsonObject[]): JsonObject {
  const messages = choices.map((choice) => messageOf(choice))
  const merged: JsonObject = Object.assign({}, ...messages.toReversed()) as JsonObject
  const texts = messages.map((message) => asString(message['content'])).filter((text) => text)
  merged['content'] = texts.length === 0 ? null : texts.join('')
  for (const name of ['reasoning_text', 'reasoning_opaque']) {
    const pieces = [...new Set(messages.map((message) => asString(message[name])))].filter(Boolean)
    if (pieces.length > 0) merged[name] = pieces.join('')
  }
  const calls = choices.flatMap((choice) => [...callsOf(choice)])
  if (calls.length > 0) merged['tool_calls'] = calls
  const reasons = choices.map((choice) => asString(choice['finish_reason'])).filter(Boolean)
  const reason = calls.length > 0 && reasons.includes('tool_calls') ? 'tool_calls' : reasons[0]
  return {
    ...choices[0],
    index: 0,
    message: merged,
    finish_reason: reason ?? (calls.length > 0 ? 'tool_calls' : 'stop'),
  }
}

function messageOf(choice: JsonObject): JsonObject {
  return isJsonObject(choice['message']) ? choice['message'] : {}
}

function callsOf(choice: JsonObject): readonly JsonValue[] {
  return asArray(messageOf(choice)['tool_calls'])
}

function textOf(choice: JsonObject): string {
  return asString(messageOf(choice)['content']) ?? ''
}
