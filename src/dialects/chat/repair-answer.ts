import { asBuffer } from '../../core/as-buffer.ts'
import type { RepairedAnswer, StreamOptions } from '../../core/dialect.ts'
import { BadGatewayError } from '../../core/errors.ts'
import { asArray, asString, isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { applyIdentity, identityOf } from './chunk-identity.ts'
import { chatFromAnthropic, isAnthropicAnswer } from './convert-anthropic.ts'
import { errorFromBody } from './errors.ts'
import { areOneAnswer, mergeChoices } from './merge-choices.ts'
import { readUsage } from './usage.ts'

/**
 * Mends a whole chat answer; the very same bytes when nothing is wrong with it. Throws a `JetwayError` when it is no answer
 * at all: not JSON, an error in a body of status 200, no choices.
 */
export function repairAnswer(bytes: Uint8Array, options: StreamOptions): RepairedAnswer {
  const parsed = readAnswer(bytes)
  const { body, changed } = repairBody(parsed, options)
  return {
    bytes: changed ? Buffer.from(JSON.stringify(body)) : bytes,
    usage: readUsage(body),
  }
}

function readAnswer(bytes: Uint8Array): JsonObject {
  const parsed = tryParseJson(asBuffer(bytes).toString('utf8'))
  if (!isJsonObject(parsed))
    throw new BadGatewayError('The upstream answered with something that is not JSON.', {
      code: 'broken_answer',
    })
  return parsed
}

/** The repairs on the parsed body, which is changed in place or replaced. */
export function repairBody(
  parsed: JsonObject,
  options: StreamOptions,
): { readonly body: JsonObject; readonly changed: boolean } {
  let body = parsed
  let changed = false
  if (isAnthropicAnswer(body)) {
    body = chatFromAnthropic(body)
    changed = true
  }
  const choices = asArray(body['choices']).filter((choice) => isJsonObject(choice))
  if (choices.length === 0) {
    if (body['error'] !== undefined && body['error'] !== null) throw errorFromBody(body)
    throw new BadGatewayError('The upstream answered without any choice.', { code: 'empty_answer' })
  }
  if (areOneAnswer(choices, options.candidates)) {
    body['choices'] = [mergeChoices(choices)]
    changed = true
  }
  for (const [at, choice] of asArray(body['choices']).entries())
    if (isJsonObject(choice) && repairChoice(choice, at)) changed = true
  if ('padding' in body) {
    delete body['padding']
    changed = true
  }
  if (applyIdentity(body, 'chat.completion', identityOf(body, options))) changed = true
  return { body, changed }
}

function repairChoice(choice: JsonObject, at: number): boolean {
  let changed = false
  const set = (target: JsonObject, name: string, value: JsonObject[string]): void => {
    target[name] = value
    changed = true
  }
  if (typeof choice['index'] !== 'number') set(choice, 'index', at)
  if (!isJsonObject(choice['message'])) set(choice, 'message', {})
  const message = choice['message'] as JsonObject
  if (message['role'] !== 'assistant') set(message, 'role', 'assistant')
  if (message['content'] === undefined) set(message, 'content', null)
  if ('padding' in message) {
    delete message['padding']
    changed = true
  }
  const calls = asArray(message['tool_calls']).filter((call) => isJsonObject(call))
  for (const call of calls) if (call['type'] === undefined) set(call, 'type', 'function')
  if (!asString(choice['finish_reason']))
    set(choice, 'finish_reason', calls.length > 0 ? 'tool_calls' : 'stop')
  return changed
}
