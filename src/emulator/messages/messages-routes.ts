import { asObject, asString } from '../../core/json.ts'
import { countSegments } from '../accounting/prompt-cache.ts'
import { compose } from '../answers/compose.ts'
import { admit } from '../gates/admit.ts'
import { admitModel } from '../gates/admit-model.ts'
import { settle } from '../gates/settle.ts'
import type { Incoming } from '../server/incoming.ts'
import { jsonReply } from '../server/reply.ts'
import type { Reply } from '../server/reply.ts'
import type { Route } from '../server/routes.ts'
import { eventFrame } from '../streams/frame.ts'
import type { World } from '../world.ts'
import { checkMessagesSize, checkOutputLimit, checkPromptBody } from './check-messages.ts'
import type { MessagesAnswer } from './messages-answer.ts'
import { promptFromMessages, segmentsFromMessages } from './read-messages.ts'
import { signatureFor } from './signature.ts'
import { messagesStream, wholeMessages } from './write-messages.ts'

/** Codes that Anthropic has a type of its own for; the others are its general error. */
const ERROR_TYPES: Readonly<Record<string, string>> = {
  rate_limited: 'rate_limit_error',
  model_overloaded: 'overloaded_error',
  overloaded: 'overloaded_error',
  overloaded_error: 'overloaded_error',
  invalid_request: 'invalid_request_error',
}

export const MESSAGES_ROUTES: readonly Route[] = [
  {
    name: 'messages',
    service: 'copilot',
    method: 'POST',
    path: /^\/v1\/messages$/,
    handle: messages,
    errorFrame: (code, message) =>
      eventFrame({
        type: 'error',
        error: { type: ERROR_TYPES[code] ?? 'api_error', message },
      }),
  },
  {
    name: 'count-tokens',
    service: 'copilot',
    method: 'POST',
    path: /^\/v1\/messages\/count_tokens$/,
    handle: countTokens,
  },
]

function messages(world: World, incoming: Incoming): Reply {
  const seat = admit(world, incoming)
  const { headers, record, json } = incoming
  const admitted = admitModel(world, seat, incoming, json, '/v1/messages', headers['x-initiator'])
  const { body, model } = admitted
  const segments = segmentsFromMessages(body)
  checkMessagesSize(model, countSegments(segments))
  checkPromptBody(world, headers, body, model)
  checkOutputLimit(body, model)

  const answer = compose(promptFromMessages(body, model))
  const cache = world.promptCache.read(`${seat.account.login}:${model.entry.id}`, segments, 'marks')
  const settled = settle(world, admitted, headers, record, {
    input: cache.promptTokens,
    cacheRead: cache.cacheRead,
    cacheWrite: cache.cacheWrite,
    output: answer.outputTokens,
    reasoning: answer.thinkingTokens,
  })
  const given: MessagesAnswer = {
    answer,
    model,
    usage: settled.usage,
    copilotUsage: settled.copilotUsage,
    quirks: world.quirks.of(model),
    name: record.id,
    signature: signatureFor(world, answer.thinking),
    hidesThinking: asString(asObject(body['thinking'])?.['display']) === 'omitted',
  }
  if (body['stream'] !== true) return jsonReply(200, wholeMessages(given), settled.headers)
  return {
    kind: 'stream',
    status: 200,
    headers: { 'content-type': 'text/event-stream', ...settled.headers },
    frames: messagesStream(given),
    model: model.entry.id,
  }
}

/** Counts and bills nothing; refuses what the call itself would refuse. */
function countTokens(world: World, incoming: Incoming): Reply {
  const seat = admit(world, incoming)
  const admitted = admitModel(world, seat, incoming, incoming.json, '/v1/messages', 'agent')
  checkPromptBody(world, incoming.headers, admitted.body, admitted.model)
  return jsonReply(200, { input_tokens: countSegments(segmentsFromMessages(admitted.body)) })
}
