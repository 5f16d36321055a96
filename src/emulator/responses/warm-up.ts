import type { JsonObject } from '../../core/json.ts'
import type { Admitted } from '../gates/admit-model.ts'
import type { RecordedRequest } from '../records/recorded-request.ts'
import { eventFrame } from '../streams/frame.ts'
import type { Frame } from '../streams/frame.ts'
import type { World } from '../world.ts'
import { createItemIds } from './item-ids.ts'
import { responseObject } from './responses-answer.ts'
import type { ResponsesAnswer } from './responses-answer.ts'

/** The newest response of a connection; a `previous_response_id` may name this one only. */
export interface Kept {
  readonly name: string
  readonly items: readonly JsonObject[]
}

/** What a message of a connection is answered with, and what is kept of it. */
export interface Served {
  readonly frames: Iterable<Frame>
  readonly kept: Kept
}

/** `generate: false` keeps the prompt for the next message: nothing is answered and nothing billed. */
export function warmUp(
  world: World,
  admitted: Admitted,
  items: readonly JsonObject[],
  connection: string,
  record: RecordedRequest,
): Served {
  const { body, model } = admitted
  const quirks = world.quirks.of(model)
  const none = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }
  const given: ResponsesAnswer = {
    answer: {
      thinking: '',
      text: '',
      calls: [],
      finish: 'stop',
      stopSequence: undefined,
      outputTokens: 0,
      thinkingTokens: 0,
    },
    body,
    model,
    usage: none,
    copilotUsage: { total_nano_aiu: 0, token_details: [] },
    copilotUsageAt: world.settings.copilotUsageAt,
    quotaSnapshots: {},
    quirks,
    ids: createItemIds(world, quirks, connection, record.id),
    name: record.id,
    created: world.clock.nowSeconds(),
    encryptedReasoning: '',
  }
  return {
    frames: [
      eventFrame({ type: 'response.created', response: responseObject(given, undefined, 0) }),
      eventFrame({ type: 'response.completed', response: responseObject(given, [], 1) }),
    ],
    kept: { name: record.id, items },
  }
}
