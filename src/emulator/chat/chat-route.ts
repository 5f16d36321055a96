import { asBoolean, asNumber } from '../../core/json.ts'
import { countSegments } from '../accounting/prompt-cache.ts'
import { compose } from '../answers/compose.ts'
import { admit } from '../gates/admit.ts'
import { admitModel } from '../gates/admit-model.ts'
import { checkPromptSize } from '../gates/check-prompt-size.ts'
import { settle } from '../gates/settle.ts'
import type { Incoming } from '../server/incoming.ts'
import { jsonReply } from '../server/reply.ts'
import type { Reply } from '../server/reply.ts'
import type { Route } from '../server/routes.ts'
import { dataFrame } from '../streams/frame.ts'
import type { World } from '../world.ts'
import { opaqueFor } from './chat-answer.ts'
import type { ChatAnswer } from './chat-answer.ts'
import { checkChat } from './check-chat.ts'
import { promptFromChat, segmentsFromChat } from './read-chat.ts'
import { chatStream } from './write-stream.ts'
import { wholeChat } from './write-whole.ts'

export const CHAT_ROUTE: Route = {
  name: 'chat',
  service: 'copilot',
  method: 'POST',
  path: /^\/chat\/completions$/,
  handle: chatCompletions,
  errorFrame: (code, message) => dataFrame({ error: { code, message, metadata: {} } }),
}

function chatCompletions(world: World, incoming: Incoming): Reply {
  const seat = admit(world, incoming)
  const initiator = incoming.headers['x-initiator']
  const admitted = admitModel(world, seat, incoming, incoming.json, '/chat/completions', initiator)
  const { body, model } = admitted
  const segments = segmentsFromChat(body)
  checkPromptSize(model, countSegments(segments))
  checkChat(world, incoming, admitted)

  const claude = model.traits.manner === 'claude'
  const answer = compose(promptFromChat(body, model))
  // Claude gives one answer whatever `n` says.
  const copies = claude ? 1 : (asNumber(body['n']) ?? 1)
  const answers = Array.from({ length: copies }, () => answer)
  const cache = world.promptCache.read(
    `${seat.account.login}:${model.entry.id}`,
    segments,
    claude ? 'marks' : 'prefix',
  )
  const settled = settle(world, admitted, incoming.headers, incoming.record, {
    input: cache.promptTokens,
    cacheRead: cache.cacheRead,
    cacheWrite: cache.cacheWrite,
    output: answer.outputTokens * copies,
    reasoning: answer.thinkingTokens * copies,
  })
  const chat: ChatAnswer = {
    answers,
    model,
    usage: settled.usage,
    copilotUsage: settled.copilotUsage,
    quirks: world.quirks.of(model),
    logprobs: asBoolean(body['logprobs']) ? (asNumber(body['top_logprobs']) ?? 0) : undefined,
    created: world.clock.nowSeconds(),
    name: incoming.record.id,
    opaque: (given) => opaqueFor(world, model.entry.id, given),
  }
  if (body['stream'] !== true) return jsonReply(200, wholeChat(chat), settled.headers)
  return {
    kind: 'stream',
    status: 200,
    headers: { 'content-type': 'text/event-stream', ...settled.headers },
    frames: chatStream(chat),
    model: model.entry.id,
  }
}
