import { asArray, asNumber, asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { checkImages } from '../gates/check-images.ts'
import { invalidBody } from '../gates/invalid-body.ts'
import { checkReasoningEffort } from '../gates/check-effort.ts'
import { checkFunctions } from '../gates/check-tools.ts'
import type { Admitted } from '../gates/admit-model.ts'
import type { Incoming } from '../server/incoming.ts'
import type { World } from '../world.ts'
import { imagesOf, messagesOf } from './read-chat.ts'

/** What the model refuses of a chat body. */
export function checkChat(
  world: World,
  incoming: Pick<Incoming, 'headers'>,
  admitted: Admitted,
): void {
  const { body, model } = admitted
  const messages = messagesOf(body)
  if (messages.length === 0 || messages.length !== asArray(body['messages']).length) {
    throw invalidBody('messages must be a non-empty array of objects')
  }
  checkRoles(messages)
  checkToolPairs(messages)
  checkOpaque(world, messages)
  checkParameters(admitted)
  checkReasoningEffort(model, asString(body['reasoning_effort']))
  checkFunctions(toolsOf(body, model.traits.manner !== 'claude'))
  checkImages(world, incoming.headers, model, messages.flatMap(imagesOf))
}

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function']

function checkRoles(messages: readonly JsonObject[]): void {
  for (const [index, message] of messages.entries()) {
    const role = asString(message['role'])
    if (role === undefined || !ROLES.includes(role)) {
      throw invalidBody(`messages[${index}].role must be one of ${ROLES.join(', ')}`)
    }
    const { content } = message
    const empty = content === undefined || content === null
    if (empty && role !== 'assistant') throw invalidBody(`messages[${index}].content is missing`)
    if (empty && message['tool_calls'] === undefined) {
      throw invalidBody(`messages[${index}] has neither content nor tool_calls`)
    }
    if (!empty && typeof content !== 'string' && !Array.isArray(content)) {
      throw invalidBody(`messages[${index}].content must be a string or an array`)
    }
  }
}

/** Every call needs its result right after it, and every result its call. */
function checkToolPairs(messages: readonly JsonObject[]): void {
  let open = new Set<string>()
  for (const message of messages) {
    if (message['role'] === 'tool') {
      const id = asString(message['tool_call_id']) ?? ''
      if (!open.delete(id)) {
        throw invalidBody(
          "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
        )
      }
      continue
    }
    refuseOpen(open)
    open = new Set(
      asArray(message['tool_calls']).map((call) => asString(asObject(call)?.['id']) ?? ''),
    )
  }
  refuseOpen(open)
}

function refuseOpen(open: ReadonlySet<string>): void {
  if (open.size === 0) return
  throw invalidBody(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
  )
}

/** Reasoning that comes back must be what went out. */
function checkOpaque(world: World, messages: readonly JsonObject[]): void {
  for (const [index, message] of messages.entries()) {
    const opaque = asString(message['reasoning_opaque'])
    if (opaque !== undefined && world.sealer.open('opaque', opaque) === undefined) {
      throw invalidBody(`messages[${index}].reasoning_opaque could not be verified`)
    }
  }
}

const MOST_CHOICES = 128
const MOST_LOGPROBS = 20

function checkParameters({ body, model }: Admitted): void {
  const { traits } = model
  for (const name of ['temperature', 'top_p']) {
    const value = body[name]
    if (value === undefined || value === null) continue
    if (typeof value !== 'number') throw invalidBody(`${name} must be a number`)
    if (traits.refusesSampling && value !== 1) {
      throw invalidBody(
        `Unsupported value: '${name}' does not support ${value} with this model. Only the default (1) value is supported.`,
      )
    }
  }
  if (traits.refusesMaxTokens && asNumber(body['max_tokens']) !== undefined) {
    throw invalidBody(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    )
  }
  for (const name of ['max_tokens', 'max_completion_tokens']) {
    const value = body[name]
    if (value === undefined || value === null) continue
    if (!Number.isInteger(value) || (value as number) < 1) {
      throw invalidBody(`${name} must be an integer of at least 1`)
    }
  }
  const n = body['n']
  const within = Number.isInteger(n) && (n as number) >= 1 && (n as number) <= MOST_CHOICES
  if (n !== undefined && n !== null && !within) {
    throw invalidBody(`n must be an integer between 1 and ${MOST_CHOICES}`)
  }
  const top = asNumber(body['top_logprobs']) ?? 0
  if (!Number.isInteger(top) || top < 0 || top > MOST_LOGPROBS) {
    throw invalidBody(`top_logprobs must be an integer between 0 and ${MOST_LOGPROBS}`)
  }
}

function toolsOf(body: JsonObject, takesCustom: boolean): { name: string; schema: JsonObject }[] {
  if (body['tools'] === undefined || body['tools'] === null) return []
  const tools = asArray(body['tools'])
  if (tools.length === 0) throw invalidBody("[] is too short - 'tools'")
  return tools.map((value, index) => {
    const tool = asObject(value)
    const type = asString(tool?.['type']) ?? ''
    if (type !== 'function' && !(type === 'custom' && takesCustom)) {
      throw invalidBody(`Invalid value: '${type}'. tools[${index}].type must be 'function'`)
    }
    const details = asObject(tool?.[type])
    const name = asString(details?.['name'])
    if (!details || name === undefined) throw invalidBody(`tools[${index}].${type}.name is missing`)
    return { name, schema: asObject(details['parameters']) ?? {} }
  })
}
