import type { EncodeContext } from '../../core/dialect.ts'
import { asArray } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { optionalArray, optionalString } from '../fields/read-fields.ts'
import { modelName } from './facts.ts'
import { chatForm, generateForm, head } from './form.ts'
import type { Form } from './form.ts'

/**
 * Clients ask for nothing to have a model loaded before it is needed, and with `keep_alive` 0 to have it put away. It is
 * always there here, so they hear that it was done, in one object even where a stream is asked for, as from Ollama.
 * https://github.com/ollama/ollama/blob/main/docs/api.md#load-a-model
 */
export function answerChatLoad(body: JsonObject, context: EncodeContext): JsonObject | undefined {
  const messages = optionalArray(body, 'messages') ?? []
  return messages.length === 0 ? answer(body, context, chatForm) : undefined
}

export function answerGenerateLoad(
  body: JsonObject,
  context: EncodeContext,
): JsonObject | undefined {
  const asks = ['prompt', 'suffix'].some((name) => (optionalString(body, name) ?? '') !== '')
  return asks || asArray(body['images']).length > 0
    ? undefined
    : answer(body, context, generateForm)
}

/** Without a model's name there is nothing to load: such a request is refused for what it lacks. */
function answer(body: JsonObject, context: EncodeContext, form: Form): JsonObject | undefined {
  if (modelName(body) === '') return undefined
  const done_reason = isZero(body['keep_alive']) ? 'unload' : 'load'
  return { ...head(context), ...form({ text: '' }), done: true, done_reason }
}

/** Seconds, or a duration as Go writes it: `0`, `"0"`, `"0m0s"`. */
function isZero(duration: JsonValue | undefined): boolean {
  return typeof duration === 'string' ? /^[^1-9]*0[^1-9]*$/.test(duration) : duration === 0
}
