import { quotaSnapshots } from '../accounting/quota-headers.ts'
import { countSegments } from '../accounting/prompt-cache.ts'
import { compose } from '../answers/compose.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Admitted } from '../gates/admit-model.ts'
import { checkPromptSize } from '../gates/check-prompt-size.ts'
import { settle } from '../gates/settle.ts'
import type { RecordedRequest } from '../records/recorded-request.ts'
import type { World } from '../world.ts'
import { checkResponses } from './check-responses.ts'
import { createItemIds } from './item-ids.ts'
import { promptFromResponses, segmentsFromResponses } from './read-responses.ts'
import { encryptedReasoning } from './responses-answer.ts'
import type { ResponsesAnswer } from './responses-answer.ts'

export interface ResponsesCall {
  readonly admitted: Admitted
  /** The conversation: what the connection kept, then the new input. */
  readonly items: readonly JsonObject[]
  readonly headers: Readonly<Record<string, string>>
  readonly record: RecordedRequest
  /** Item ids are good on this connection only. */
  readonly connection: string
}

export interface AnsweredResponses {
  readonly given: ResponsesAnswer
  readonly headers: Readonly<Record<string, string>>
}

/** Checks, answers and charges a call, over HTTP and on a WebSocket alike. */
export function answerResponses(world: World, call: ResponsesCall): AnsweredResponses {
  const { admitted, items, headers, record, connection } = call
  const { body, model, seat } = admitted
  const segments = segmentsFromResponses(body, items)
  checkPromptSize(model, countSegments(segments))
  checkResponses(world, headers, body, items, model, connection)

  const answer = compose(promptFromResponses(body, items, model))
  const key = `${seat.account.login}:${model.entry.id}`
  const cache = world.promptCache.read(key, segments, 'prefix')
  const settled = settle(world, admitted, headers, record, {
    input: cache.promptTokens,
    cacheRead: cache.cacheRead,
    cacheWrite: 0,
    output: answer.outputTokens,
    reasoning: answer.thinkingTokens,
  })
  const quirks = world.quirks.of(model)
  const given: ResponsesAnswer = {
    answer,
    body,
    model,
    usage: settled.usage,
    copilotUsage: settled.copilotUsage,
    copilotUsageAt: world.settings.copilotUsageAt,
    quotaSnapshots: quotaSnapshots(seat.account, world.clock),
    quirks,
    ids: createItemIds(world, quirks, connection, record.id),
    name: record.id,
    created: world.clock.nowSeconds(),
    encryptedReasoning: encryptedReasoning(world, model.entry.id, answer.thinking),
  }
  return { given, headers: settled.headers }
}
